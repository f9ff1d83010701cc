/*
 * A DPC polls a flag that only a thread would set.
 */
#include <ntddk.h>

static KDPC Dpc;
static volatile LONG Done;

static VOID Deferred(PKDPC This, PVOID Context, PVOID Argument1, PVOID Argument2) {
  UNREFERENCED_PARAMETER(This);
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Argument1);
  UNREFERENCED_PARAMETER(Argument2);
  while (Done == 0) { /* BUG: nothing else runs meanwhile */
  }
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
