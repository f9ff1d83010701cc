/*
 * A function takes the lock that its caller holds.
 */
#include <ntddk.h>

static KSPIN_LOCK Lock;
static LONG Count;

static VOID Add(LONG Number) {
  KIRQL Irql;

  KeAcquireSpinLock(&Lock, &Irql); /* BUG: Reset holds it */
  Count += Number;
  KeReleaseSpinLock(&Lock, Irql);
}

static VOID Reset(VOID) {
  KIRQL Irql;

  KeAcquireSpinLock(&Lock, &Irql);
  Add(-Count);
  KeReleaseSpinLock(&Lock, Irql);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Add(1);
  Reset();
  return STATUS_SUCCESS;
}
