/*
 * The lock of the queue is held while the request is completed.
 *
 * Run with: --ioctl \\.\Broken:0x222000
 */
#include "../device.h"

static KSPIN_LOCK Lock;
static ULONG Completed;

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  KIRQL Irql;

  UNREFERENCED_PARAMETER(DeviceObject);
  Irp->IoStatus.Status = STATUS_SUCCESS;
  Irp->IoStatus.Information = 0;
  KeAcquireSpinLock(&Lock, &Irql);
  Completed++;
  IoCompleteRequest(Irp, IO_NO_INCREMENT); /* BUG: the lock is held */
  KeReleaseSpinLock(&Lock, Irql);
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
