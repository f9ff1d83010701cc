/*
 * The lock that the completion routine takes is held across a call that may complete at once.
 */
#include "../common.h"

static KSPIN_LOCK Lock;
static LONG Open;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  KIRQL Irql;

  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeAcquireSpinLock(&Lock, &Irql); /* BUG: held by the caller when WskSocket completes inline */
  Open--;
  KeReleaseSpinLock(&Lock, Irql);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  KIRQL Irql;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  IoSetCompletionRoutine(Call.Irp, Done, &Call.Event, TRUE, TRUE, TRUE);
  KeAcquireSpinLock(&Lock, &Irql);
  Open++;
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Call.Irp);
  KeReleaseSpinLock(&Lock, Irql);
  Finish(&Call);
  Socket = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
