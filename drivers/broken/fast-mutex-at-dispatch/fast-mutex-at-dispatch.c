/*
 * A DPC takes the fast mutex that threads use.
 */
#include <ntddk.h>

static FAST_MUTEX Mutex;
static KDPC Dpc;
static LONG Count;

static VOID Deferred(PKDPC This, PVOID Context, PVOID Argument1, PVOID Argument2) {
  UNREFERENCED_PARAMETER(This);
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Argument1);
  UNREFERENCED_PARAMETER(Argument2);
  ExAcquireFastMutex(&Mutex); /* BUG: at DISPATCH_LEVEL */
  Count++;
  ExReleaseFastMutex(&Mutex);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  ExInitializeFastMutex(&Mutex);
  KeInitializeDpc(&Dpc, Deferred, NULL);
  KeInsertQueueDpc(&Dpc, NULL, NULL);
  return STATUS_SUCCESS;
}
