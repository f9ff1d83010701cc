/*
 * The device extension of a device that could not be created is used.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PDEVICE_OBJECT Device = NULL;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  IoCreateDevice(NULL, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
  IoDeleteDevice(Device);
  Device = NULL;
  Device->Flags |= DO_BUFFERED_IO; /* BUG: NULL */
  return STATUS_SUCCESS;
}
