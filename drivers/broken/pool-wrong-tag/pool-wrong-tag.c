/*
 * The block is freed with another tag.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PVOID Block;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'gurB');
  ExFreePoolWithTag(Block, 'Brug'); /* BUG: the tag of the allocation is gurB */
  return STATUS_SUCCESS;
}
