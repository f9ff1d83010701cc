/*
 * A periodic timer runs on when the driver unloads.
 */
#include <ntddk.h>

typedef struct _CONNECTION_STATE {
  KTIMER Timer;
  KDPC Dpc;
} CONNECTION_STATE, *PCONNECTION_STATE;

static VOID Expired(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
  UNREFERENCED_PARAMETER(Dpc);
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(Argument1);
  UNREFERENCED_PARAMETER(Argument2);
}

static CONNECTION_STATE State;

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  LARGE_INTEGER Due;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Due.QuadPart = -100 * 10000;
  KeInitializeTimer(&State.Timer);
  KeInitializeDpc(&State.Dpc, Expired, NULL);
  KeSetTimerEx(&State.Timer, Due, 1000, &State.Dpc); /* BUG: DriverUnload does not cancel it */
  return STATUS_SUCCESS;
}
