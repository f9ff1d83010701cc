/*
 * The request could be cancelled, and is completed as if it could not.
 *
 * Run with: --ioctl \\.\Broken:0x222000
 */
#include "../device.h"

static VOID Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  UNREFERENCED_PARAMETER(DeviceObject);
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  Irp->IoStatus.Status = STATUS_CANCELLED;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  UNREFERENCED_PARAMETER(DeviceObject);
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, Cancel);
  Irp->IoStatus.Status = STATUS_SUCCESS;
  Irp->IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT); /* BUG: the cancel routine is still set */
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
