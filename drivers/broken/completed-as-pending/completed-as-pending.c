/*
 * The request is completed with the status that its dispatch routine returns.
 *
 * Run with: --ioctl \\.\Broken:0x222000
 */
#include "../device.h"

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  UNREFERENCED_PARAMETER(DeviceObject);
  IoMarkIrpPending(Irp);
  Irp->IoStatus.Status = STATUS_PENDING;
  Irp->IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT); /* BUG: the final status was never set */
  return STATUS_PENDING;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  DeleteDevice(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  return MakeDevice(DriverObject, DeviceControl);
}
