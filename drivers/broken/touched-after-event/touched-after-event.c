/*
 * The context is touched after the event that lets its owner free it.
 */
#include "../common.h"

typedef struct _WORK {
  KEVENT Event;
  BOOLEAN Signalled;
} WORK, *PWORK;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  PWORK Work = Context;

  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent(&Work->Event, IO_NO_INCREMENT, FALSE);
  Work->Signalled = TRUE; /* BUG: DriverEntry may have freed it */
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  PWORK Work;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Work = NonPaged(sizeof(*Work));
  KeInitializeEvent(&Work->Event, NotificationEvent, FALSE);
  IoSetCompletionRoutine(Call.Irp, Done, Work, TRUE, TRUE, TRUE);
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Call.Irp);
  KeWaitForSingleObject(&Work->Event, Executive, KernelMode, FALSE, NULL);
  ExFreePoolWithTag(Work, TAG);
  Socket = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
