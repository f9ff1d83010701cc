/*
 * A block of pool is never freed.
 */
#include <ntddk.h>

static PVOID Table;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Table = ExAllocatePool2(POOL_FLAG_NON_PAGED, 256, 'gurB'); /* BUG: DriverUnload does not free it */
  return STATUS_SUCCESS;
}
