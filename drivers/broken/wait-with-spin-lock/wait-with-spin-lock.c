/*
 * The thread sleeps while it holds a spin lock.
 */
#include <ntddk.h>

static KSPIN_LOCK Lock;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  LARGE_INTEGER Delay;
  KIRQL Irql;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Delay.QuadPart = -10000;
  KeAcquireSpinLock(&Lock, &Irql);
  KeDelayExecutionThread(KernelMode, FALSE, &Delay); /* BUG: at DISPATCH_LEVEL, with the lock held */
  KeReleaseSpinLock(&Lock, Irql);
  return STATUS_SUCCESS;
}
