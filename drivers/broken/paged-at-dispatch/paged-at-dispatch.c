/*
 * The context of the completion routine lies in paged pool.
 */
#include "../common.h"

typedef struct _CONTEXT_BLOCK {
  PKEVENT Event;
  NTSTATUS Status;
} CONTEXT_BLOCK, *PCONTEXT_BLOCK;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  PCONTEXT_BLOCK Block = Context;

  UNREFERENCED_PARAMETER(DeviceObject);
  Block->Status = Irp->IoStatus.Status; /* BUG: paged memory, at DISPATCH_LEVEL */
  KeSetEvent(Block->Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PCONTEXT_BLOCK Block;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Block = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*Block), TAG);
  Block->Event = &Call.Event;
  IoSetCompletionRoutine(Call.Irp, Done, Block, TRUE, TRUE, TRUE);
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Call.Irp);
  Finish(&Call);
  ExFreePoolWithTag(Block, TAG);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
