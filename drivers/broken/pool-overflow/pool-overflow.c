/*
 * The terminating zero of a text has no room.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PCHAR Block;
  ULONG Length = 16;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, 'gurB');
  RtlFillMemory(Block, Length, 'x');
  Block[Length] = 0; /* BUG: one behind the end */
  ExFreePoolWithTag(Block, 'gurB');
  return STATUS_SUCCESS;
}
