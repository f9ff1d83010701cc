/*
 * An MDL is never freed.
 */
#include <ntddk.h>

static ULONG Data[16];
static PMDL Mdl;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Mdl = IoAllocateMdl(Data, sizeof(Data), FALSE, FALSE, NULL); /* BUG: DriverUnload does not free it */
  MmBuildMdlForNonPagedPool(Mdl);
  return STATUS_SUCCESS;
}
