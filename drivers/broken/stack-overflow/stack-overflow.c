/*
 * A table of four entries is filled with five.
 */
#include <ntddk.h>

static volatile ULONG Sum;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  volatile ULONG Table[4];
  ULONG Index;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  for (Index = 0; Index <= RTL_NUMBER_OF(Table) + Sum; Index++) {
    Table[Index] = Index; /* BUG: <= */
  }
  Sum = Table[0];
  return STATUS_SUCCESS;
}
