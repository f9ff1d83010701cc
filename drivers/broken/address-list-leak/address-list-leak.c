/*
 * The list of addresses is never freed.
 */
#include "../common.h"

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"peer");
static UNICODE_STRING Service = RTL_CONSTANT_STRING(L"7");

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PADDRINFOEXW List;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Provider.Dispatch->WskGetAddressInfo( /* BUG: no WskFreeAddressInfo */
      Provider.Client, &Name, &Service, NS_ALL, NULL, NULL, &List, NULL, NULL,
                                       Ready(&Call));
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
