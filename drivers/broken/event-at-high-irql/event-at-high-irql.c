/*
 * An event is set at the IRQL of an interrupt.
 */
#include <ntddk.h>

static KEVENT Event;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  KIRQL Irql;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  KeRaiseIrql(HIGH_LEVEL, &Irql);
  KeSetEvent(&Event, IO_NO_INCREMENT, FALSE); /* BUG: above DISPATCH_LEVEL */
  KeLowerIrql(Irql);
  return STATUS_SUCCESS;
}
