/*
 * The table of callbacks is freed with the object that made the socket.
 */
#include "../common.h"

static NTSTATUS WSKAPI Disconnected(PVOID Context, ULONG Flags) {
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Flags);
  return STATUS_SUCCESS;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  WSK_CLIENT_CONNECTION_DISPATCH *Events;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Events = NonPaged(sizeof(*Events));
  Events->WskDisconnectEvent = Disconnected;
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               Events, NULL, NULL, NULL, Ready(&Call));
  Finish(&Call);
  Socket = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  ExFreePoolWithTag(Events, TAG); /* BUG: the socket is still open */
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
