/*
 * The request is kept for later, and cannot be cancelled meanwhile.
 *
 * Run with: --ioctl \\.\Broken:0x222000@50
 */
#include "../device.h"

static PIRP Kept;

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  UNREFERENCED_PARAMETER(DeviceObject);
  IoMarkIrpPending(Irp); /* BUG: no cancel routine follows */
  Kept = Irp;
  return STATUS_PENDING;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  Kept->IoStatus.Status = STATUS_CANCELLED;
  Kept->IoStatus.Information = 0;
  IoCompleteRequest(Kept, IO_NO_INCREMENT);
  DeleteDevice(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  return MakeDevice(DriverObject, DeviceControl);
}
