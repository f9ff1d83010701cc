/*
 * IoReuseIrp has cleared the completion routine, and nobody sets it again.
 */
#include "../common.h"

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
  IoSetCompletionRoutine(Call.Irp, CallDone, &Call.Event, TRUE, TRUE, TRUE);
  IoReuseIrp(Call.Irp, STATUS_UNSUCCESSFUL);
  Provider.Dispatch->WskSocket( /* BUG: no routine any more */
      Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Call.Irp);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
