/*
 * The IRQL is restored from a variable that was never set.
 */
#include <ntddk.h>

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  KIRQL Irql;
  KIRQL Old = DISPATCH_LEVEL;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeRaiseIrql(APC_LEVEL, &Irql);
  KeLowerIrql(Old); /* BUG: Irql holds the old level */
  return STATUS_SUCCESS;
}
