/*
 * The pages are unlocked where they were used, and where the MDL is freed.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PVOID Memory;
  PMDL Mdl;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Memory = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'gurB');
  Mdl = IoAllocateMdl(Memory, 64, FALSE, FALSE, NULL);
  MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess);
  MmUnlockPages(Mdl);
  MmUnlockPages(Mdl); /* BUG: not locked any more */
  IoFreeMdl(Mdl);
  ExFreePoolWithTag(Memory, 'gurB');
  return STATUS_SUCCESS;
}
