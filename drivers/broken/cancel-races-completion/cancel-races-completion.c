/*
 * The IRP frees itself in its completion routine, and is cancelled after a look at a flag.
 */
#include "../common.h"

static KSPIN_LOCK Lock;
static BOOLEAN Received;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  KIRQL Irql;

  UNREFERENCED_PARAMETER(DeviceObject);
  KeAcquireSpinLock(&Lock, &Irql);
  Received = TRUE;
  KeReleaseSpinLock(&Lock, Irql);
  IoFreeIrp(Irp);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  KEVENT Ended;
  KIRQL Irql;
  BOOLEAN Late;
  PIRP Irp = IoAllocateIrp(1, FALSE);
  PWSK_SOCKET Socket;
  WSK_BUF Buffer;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Socket = ConnectSocket(&Call);
  Describe(&Buffer, NonPaged(64), 64);
  KeInitializeEvent(&Ended, NotificationEvent, FALSE);
  IoSetCompletionRoutine(Irp, Done, &Ended, TRUE, TRUE, TRUE);
  CONNECTION(Socket)->WskReceive(Socket, &Buffer, 0, Irp);
  CONNECTION(Socket)->WskDisconnect(Socket, NULL, WSK_FLAG_ABORTIVE, Ready(&Call));
  KeAcquireSpinLock(&Lock, &Irql);
  Late = Received;
  KeReleaseSpinLock(&Lock, Irql);
  if (!Late) {
    IoCancelIrp(Irp); /* BUG: it may have completed, and be freed, since the look */
  }
  KeWaitForSingleObject(&Ended, Executive, KernelMode, FALSE, NULL);
  Finish(&Call);
  ExFreePoolWithTag(MmGetSystemAddressForMdlSafe(Buffer.Mdl, NormalPagePriority), TAG);
  IoFreeMdl(Buffer.Mdl);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
