/*
 * Paged pool is allocated while a spin lock is held.
 */
#include <ntddk.h>

static KSPIN_LOCK Lock;
static PVOID List;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  ExFreePoolWithTag(List, 'gurB');
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  KIRQL Irql;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeAcquireSpinLock(&Lock, &Irql);
  List = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'gurB'); /* BUG: at DISPATCH_LEVEL */
  KeReleaseSpinLock(&Lock, Irql);
  return STATUS_SUCCESS;
}
