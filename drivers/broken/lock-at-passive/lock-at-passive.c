/*
 * The functions for code at DISPATCH_LEVEL are used at PASSIVE_LEVEL.
 */
#include <ntddk.h>

static KSPIN_LOCK Lock;
static LONG Count;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeAcquireSpinLockAtDpcLevel(&Lock); /* BUG: at PASSIVE_LEVEL */
  Count++;
  KeReleaseSpinLockFromDpcLevel(&Lock);
  return STATUS_SUCCESS;
}
