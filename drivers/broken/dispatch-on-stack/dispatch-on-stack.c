/*
 * The table of callbacks is a local variable of the function that makes the socket.
 */
#include "../common.h"

static NTSTATUS WSKAPI Disconnected(PVOID Context, ULONG Flags) {
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Flags);
  return STATUS_SUCCESS;
}

static PWSK_SOCKET MakeSocket(PCALL Call) {
  WSK_CLIENT_CONNECTION_DISPATCH Events = {NULL, Disconnected, NULL};

  Provider.Dispatch->WskSocket( /* BUG: Events goes with this function */
      Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               &Events, NULL, NULL, NULL, Ready(Call));
  Finish(Call);
  return (PWSK_SOCKET)Call->Irp->IoStatus.Information;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Socket = MakeSocket(&Call);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
