/*
 * Looks at memory that it has not written yet, and leaves something there.
 */
#include <ntddk.h>

#define POOL_TAG 'tfeL'

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PULONG Word = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, sizeof(ULONG), POOL_TAG);

  UNREFERENCED_PARAMETER(DriverObject);
  UNREFERENCED_PARAMETER(RegistryPath);
  if (Word == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  DbgPrint("found %lx", *Word);
  *Word = 0x1234;
  ExFreePoolWithTag(Word, POOL_TAG);
  return STATUS_SUCCESS;
}
