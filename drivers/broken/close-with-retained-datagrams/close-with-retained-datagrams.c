/*
 * Received datagrams are kept, and the socket is closed before they are given back.
 */
#include "../common.h"

static PWSK_DATAGRAM_INDICATION Kept;
static KEVENT Received;

static NTSTATUS WSKAPI ReceiveFromEvent(PVOID Context, ULONG Flags, PWSK_DATAGRAM_INDICATION Indication) {
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Flags);
  if (Indication == NULL) {
    return STATUS_SUCCESS;
  }
  Kept = Indication;
  KeSetEvent(&Received, IO_NO_INCREMENT, FALSE);
  return STATUS_PENDING;
}

static const WSK_CLIENT_DATAGRAM_DISPATCH Events = {ReceiveFromEvent};

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  WSK_BUF Buffer;
  PVOID Memory = NonPaged(64);

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  KeInitializeEvent(&Received, NotificationEvent, FALSE);
  Describe(&Buffer, Memory, 64);
  Socket = OpenDatagramSocket(&Call, &Events);
  SendDatagram(&Call, Socket, &Buffer);
  KeWaitForSingleObject(&Received, Executive, KernelMode, FALSE, NULL);
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  DATAGRAM(Socket)->WskCloseSocket(Socket, Ready(&Call)); /* BUG: Kept was not released */
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
