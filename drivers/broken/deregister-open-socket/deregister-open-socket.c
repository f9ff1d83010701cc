/*
 * The driver deregisters, and has forgotten a socket.
 */
#include "../common.h"

static PWSK_SOCKET Forgotten;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Provider.Dispatch->WskSocket( /* BUG: never closed */
      Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Ready(&Call));
  Finish(&Call);
  Forgotten = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
