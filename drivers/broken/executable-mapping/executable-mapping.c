/*
 * Locked pages are mapped as executable.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PVOID Memory;
  PMDL Mdl;
  volatile CHAR *Mapped;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Memory = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'gurB');
  Mdl = IoAllocateMdl(Memory, 64, FALSE, FALSE, NULL);
  MmProbeAndLockPages(Mdl, KernelMode, IoWriteAccess);
  Mapped = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority); /* BUG: MdlMappingNoExecute */
  *Mapped = 1;
  MmUnlockPages(Mdl);
  IoFreeMdl(Mdl);
  ExFreePoolWithTag(Memory, 'gurB');
  return STATUS_SUCCESS;
}
