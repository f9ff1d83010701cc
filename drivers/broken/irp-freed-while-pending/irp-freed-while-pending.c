/*
 * The IRP of a receive is freed right after the call, which has pended.
 */
#include "../common.h"

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  WSK_BUF Buffer;
  PIRP Irp;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Socket = ConnectSocket(&Call);
  Describe(&Buffer, NonPaged(64), 64);
  Irp = IoAllocateIrp(1, FALSE);
  IoSetCompletionRoutine(Irp, CallDone, &Call.Event, TRUE, TRUE, TRUE);
  CONNECTION(Socket)->WskReceive(Socket, &Buffer, 0, Irp);
  IoFreeIrp(Irp); /* BUG: WSK has it still */
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
