/*
 * Two locks are taken in one order when a connection is added, in the other when it is removed.
 */
#include <ntddk.h>

static KSPIN_LOCK ListLock;
static KSPIN_LOCK ConnectionLock;
static LONG Count;

static VOID Add(VOID) {
  KIRQL Irql;

  KeAcquireSpinLock(&ListLock, &Irql);
  KeAcquireSpinLockAtDpcLevel(&ConnectionLock);
  Count++;
  KeReleaseSpinLockFromDpcLevel(&ConnectionLock);
  KeReleaseSpinLock(&ListLock, Irql);
}

static VOID Remove(VOID) {
  KIRQL Irql;

  KeAcquireSpinLock(&ConnectionLock, &Irql);
  KeAcquireSpinLockAtDpcLevel(&ListLock); /* BUG: Add takes it first */
  Count--;
  KeReleaseSpinLockFromDpcLevel(&ListLock);
  KeReleaseSpinLock(&ConnectionLock, Irql);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Add();
  Remove();
  return STATUS_SUCCESS;
}
