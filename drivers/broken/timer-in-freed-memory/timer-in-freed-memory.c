/*
 * The state of a connection is freed while its timer is set.
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

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PCONNECTION_STATE State;
  LARGE_INTEGER Due;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Due.QuadPart = -100 * 10000;
  State = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*State), 'gurB');
  KeInitializeTimer(&State->Timer);
  KeInitializeDpc(&State->Dpc, Expired, NULL);
  KeSetTimer(&State->Timer, Due, &State->Dpc);
  ExFreePoolWithTag(State, 'gurB'); /* BUG: KeCancelTimer first */
  return STATUS_SUCCESS;
}
