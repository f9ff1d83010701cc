/*
 * The IRP has no stack location for WSK.
 */
#include "../common.h"

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PIRP Irp;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Irp = IoAllocateIrp(0, FALSE);
  IoSetCompletionRoutine(Irp, CallDone, &Call.Event, TRUE, TRUE, TRUE); /* BUG: IoAllocateIrp(0) */
  IoFreeIrp(Irp);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
