/*
 * The request is completed at the IRQL of an interrupt.
 *
 * Run with: --ioctl \\.\Broken:0x222000
 */
#include "../device.h"

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  KIRQL Irql;

  UNREFERENCED_PARAMETER(DeviceObject);
  Irp->IoStatus.Status = STATUS_SUCCESS;
  Irp->IoStatus.Information = 0;
  KeRaiseIrql(HIGH_LEVEL, &Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT); /* BUG: above DISPATCH_LEVEL */
  KeLowerIrql(Irql);
  return STATUS_SUCCESS;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  DeleteDevice(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  return MakeDevice(DriverObject, DeviceControl);
}
