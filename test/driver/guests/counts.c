/*
 * Counts its loads in a variable that begins as 0: each load is the first.
 */
#include <ntddk.h>

static ULONG Loads;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(DriverObject);
  UNREFERENCED_PARAMETER(RegistryPath);
  DbgPrint("load %lu", ++Loads);
  return STATUS_SUCCESS;
}
