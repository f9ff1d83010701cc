/*
 * Looks at a local variable that it has not written yet, and leaves something there.
 */
#include <ntddk.h>

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  volatile ULONG Words[64];

  UNREFERENCED_PARAMETER(DriverObject);
  UNREFERENCED_PARAMETER(RegistryPath);
  DbgPrint("found %lx", Words[17]);
  Words[17] = 0x1234;
  return STATUS_SUCCESS;
}
