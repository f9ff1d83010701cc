/*
 * A DPC leaves by a path that does not release the lock.
 */
#include <ntddk.h>

static KSPIN_LOCK Lock;
static KDPC Dpc;
static LONG Count;

static VOID Deferred(PKDPC This, PVOID Context, PVOID Argument1, PVOID Argument2) {
  UNREFERENCED_PARAMETER(This);
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Argument1);
  UNREFERENCED_PARAMETER(Argument2);
  KeAcquireSpinLockAtDpcLevel(&Lock); /* BUG: the early return keeps it */
  if (Count == 0) {
    return;
  }
  Count--;
  KeReleaseSpinLockFromDpcLevel(&Lock);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeInitializeDpc(&Dpc, Deferred, NULL);
  KeInsertQueueDpc(&Dpc, NULL, NULL);
  return STATUS_SUCCESS;
}
