/*
 * A received datagram is sent back from the buffer that it came in, which is given back before it is sent.
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
  PIRP Irp;

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
  Irp = Ready(&Call);
  DATAGRAM(Socket)->WskSendTo(Socket, &Kept->Buffer, 0, Kept->RemoteAddress, 0, NULL, Irp);
  DATAGRAM(Socket)->WskRelease(Socket, Kept); /* BUG: before Finish */
  Finish(&Call);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
