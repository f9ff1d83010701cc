/*
 * The IRP of a request that is too short is completed twice: the error path goes on to the common end.
 *
 * Run with: --ioctl \\.\Broken:0x222000
 */
#include "../device.h"

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
  NTSTATUS Status = STATUS_SUCCESS;

  UNREFERENCED_PARAMETER(DeviceObject);
  if (Location->Parameters.DeviceIoControl.InputBufferLength < sizeof(ULONG)) {
    Status = STATUS_INVALID_PARAMETER;
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
  }
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT); /* BUG: a short request was completed above */
  return Status;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  DeleteDevice(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  return MakeDevice(DriverObject, DeviceControl);
}
