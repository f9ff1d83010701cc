/*
 * The MDL is freed while its pages are locked.
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
  IoFreeMdl(Mdl); /* BUG: MmUnlockPages first */
  ExFreePoolWithTag(Memory, 'gurB');
  return STATUS_SUCCESS;
}
