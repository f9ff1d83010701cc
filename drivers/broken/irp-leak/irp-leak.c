/*
 * The IRP of a call is never freed.
 */
#include "../common.h"

static CALL Call;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Call.Irp = IoAllocateIrp(1, FALSE); /* BUG: DriverUnload does not free it */
  return STATUS_SUCCESS;
}
