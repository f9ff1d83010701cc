/*
 * The block is freed on the error path and at the end.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PULONG Block;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'gurB');
  if (*Block == 0) {
    ExFreePoolWithTag(Block, 'gurB');
  }
  ExFreePoolWithTag(Block, 'gurB'); /* BUG: freed above */
  return STATUS_SUCCESS;
}
