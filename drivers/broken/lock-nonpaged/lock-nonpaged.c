/*
 * An MDL of nonpaged pool is locked all the same.
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
  Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'gurB');
  Mdl = IoAllocateMdl(Memory, 64, FALSE, FALSE, NULL);
  MmBuildMdlForNonPagedPool(Mdl);
  MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess); /* BUG: nonpaged pool is never locked */
  MmUnlockPages(Mdl);
  IoFreeMdl(Mdl);
  ExFreePoolWithTag(Memory, 'gurB');
  return STATUS_SUCCESS;
}
