/*
 * A send that failed is made again by its completion routine: on a dead connection it fails at once, again and again.
 */
#include "../common.h"

static PWSK_SOCKET Connection;
static WSK_BUF Buffer;

static NTSTATUS Sent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  if (NT_SUCCESS(Irp->IoStatus.Status)) {
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
  }
  IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
  IoSetCompletionRoutine(Irp, Sent, Context, TRUE, TRUE, TRUE);
  CONNECTION(Connection)->WskSend(Connection, &Buffer, 0, Irp); /* BUG: it completes inside this call */
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Connection = ConnectSocket(&Call);
  CONNECTION(Connection)->WskDisconnect(Connection, NULL, WSK_FLAG_ABORTIVE, Ready(&Call));
  Finish(&Call);
  Describe(&Buffer, NonPaged(64), 64);
  IoReuseIrp(Call.Irp, STATUS_UNSUCCESSFUL);
  IoSetCompletionRoutine(Call.Irp, Sent, &Call.Event, TRUE, TRUE, TRUE);
  CONNECTION(Connection)->WskSend(Connection, &Buffer, 0, Call.Irp);
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
