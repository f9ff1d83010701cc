/*
 * The completion routine returns at another IRQL than it was called at.
 */
#include "../common.h"

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  KeLowerIrql(PASSIVE_LEVEL); /* BUG: it was called at DISPATCH_LEVEL */
  DbgPrint("status %x\n", Irp->IoStatus.Status);
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
  IoSetCompletionRoutine(Call.Irp, Done, &Call.Event, TRUE, TRUE, TRUE);
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Call.Irp);
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
