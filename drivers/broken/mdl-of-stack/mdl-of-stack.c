/*
 * The buffer of a send is a local variable.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CHAR Text[] = "hello";
  PMDL Mdl;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Mdl = IoAllocateMdl(Text, sizeof(Text), FALSE, FALSE, NULL);
  MmBuildMdlForNonPagedPool(Mdl); /* BUG: a stack */
  IoFreeMdl(Mdl);
  return STATUS_SUCCESS;
}
