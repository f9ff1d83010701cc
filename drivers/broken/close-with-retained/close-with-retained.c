/*
 * Received data are kept, and the socket is closed before they are given back.
 */
#include "../common.h"

static PWSK_DATA_INDICATION Kept;
static KEVENT Received;

static NTSTATUS WSKAPI ReceiveEvent(PVOID Context, ULONG Flags, PWSK_DATA_INDICATION Indication, SIZE_T Length,
                                    PSIZE_T Accepted) {
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Flags);
  UNREFERENCED_PARAMETER(Length);
  UNREFERENCED_PARAMETER(Accepted);
  if (Indication == NULL) {
    return STATUS_SUCCESS;
  }
  Kept = Indication;
  KeSetEvent(&Received, IO_NO_INCREMENT, FALSE);
  return STATUS_PENDING;
}

static const WSK_CLIENT_CONNECTION_DISPATCH Events = {ReceiveEvent, NULL, NULL};

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  SOCKADDR_IN Address;
  WSK_EVENT_CALLBACK_CONTROL Control = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE};
  WSK_BUF Buffer;
  PVOID Memory = NonPaged(64);

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  KeInitializeEvent(&Received, NotificationEvent, FALSE);
  RtlZeroMemory(&Address, sizeof(Address));
  Address.sin_family = AF_INET;
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               &Events, NULL, NULL, NULL, Ready(&Call));
  Finish(&Call);
  Socket = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  CONNECTION(Socket)->WskBind(Socket, (PSOCKADDR)&Address, 0, Ready(&Call));
  Finish(&Call);
  PeerAddress(&Address);
  CONNECTION(Socket)->WskConnect(Socket, (PSOCKADDR)&Address, 0, Ready(&Call));
  Finish(&Call);
  CONNECTION(Socket)->WskControlSocket(Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(Control),
                                             &Control, 0, NULL, NULL, Ready(&Call));
  Finish(&Call);
  Describe(&Buffer, Memory, 64);
  CONNECTION(Socket)->WskSend(Socket, &Buffer, 0, Ready(&Call));
  Finish(&Call);
  KeWaitForSingleObject(&Received, Executive, KernelMode, FALSE, NULL);
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  CONNECTION(Socket)->WskCloseSocket(Socket, Ready(&Call)); /* BUG: Kept was not released */
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
