/* Work items of devices and of the executive. */
#include "check.h"

static WORK_QUEUE_ITEM ExItem;
static KEVENT Done;
static ULONG Runs;
static PIO_WORKITEM Item;
static PDEVICE_OBJECT Device;
static PVOID SeenObject, SeenContext, SeenThread;
static PIO_WORKITEM SeenItem;
static KIRQL SeenIrql;

static VOID Finish(VOID) {
  SeenIrql = KeGetCurrentIrql();
  SeenThread = KeGetCurrentThread();
  Sleep(1); /* it may wait */
  Runs++;
  KeSetEvent(&Done, IO_NO_INCREMENT, FALSE);
}

static VOID Routine(PDEVICE_OBJECT DeviceObject, PVOID Context) {
  SeenObject = DeviceObject;
  SeenContext = Context;
  Finish();
}

static VOID RoutineEx(PVOID IoObject, PVOID Context, PIO_WORKITEM IoWorkItem) {
  SeenObject = IoObject;
  SeenContext = Context;
  SeenItem = IoWorkItem;
  if (Context == NULL) {
    IoFreeWorkItem(IoWorkItem);
  }
  Finish();
}

static VOID ExRoutine(PVOID Parameter) {
  SeenContext = Parameter;
  Finish();
}

/* It queues itself anew from its own routine, as drivers do. */
static VOID Again(PVOID Parameter) {
  if (++*(PULONG)Parameter < 3) {
    ExQueueWorkItem(&ExItem, DelayedWorkQueue);
    return;
  }
  KeSetEvent(&Done, IO_NO_INCREMENT, FALSE);
}

static KDPC Dpc;
static KDEFERRED_ROUTINE QueueFromDpc;
static VOID QueueFromDpc(PKDPC Unused, PVOID Context, PVOID Argument1, PVOID Argument2) {
  UNREFERENCED_PARAMETER(Unused);
  UNREFERENCED_PARAMETER(Argument1);
  UNREFERENCED_PARAMETER(Argument2);
  IoQueueWorkItem(Item, Routine, CriticalWorkQueue, Context);
}

static VOID WaitDone(VOID) { KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL); }

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  ULONG Times = 0;
  PIO_WORKITEM Own;
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeInitializeEvent(&Done, SynchronizationEvent, FALSE);
  IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
  Item = IoAllocateWorkItem(Device);
  IoQueueWorkItem(Item, Routine, DelayedWorkQueue, &Runs);
  CHECK(Runs == 0);
  WaitDone();
  CHECK(Runs == 1 && SeenObject == Device && SeenContext == &Runs);
  CHECK(SeenIrql == PASSIVE_LEVEL && SeenThread != KeGetCurrentThread());
  KeInitializeDpc(&Dpc, QueueFromDpc, &Done);
  KeInsertQueueDpc(&Dpc, NULL, NULL);
  WaitDone();
  CHECK(Runs == 2 && SeenContext == &Done && SeenIrql == PASSIVE_LEVEL);
  IoQueueWorkItemEx(Item, RoutineEx, DelayedWorkQueue, NULL); /* frees it */
  WaitDone();
  CHECK(Runs == 3 && SeenItem == Item);
  ExInitializeWorkItem(&ExItem, ExRoutine, &Item);
  ExQueueWorkItem(&ExItem, DelayedWorkQueue);
  WaitDone();
  CHECK(Runs == 4 && SeenContext == &Item);
  ExInitializeWorkItem(&ExItem, Again, &Times);
  ExQueueWorkItem(&ExItem, DelayedWorkQueue);
  WaitDone();
  CHECK(Times == 3);
  Own = ExAllocatePool2(POOL_FLAG_NON_PAGED, IoSizeofWorkItem(), 'kroW');
  IoInitializeWorkItem(DriverObject, Own);
  IoQueueWorkItemEx(Own, RoutineEx, DelayedWorkQueue, &Times);
  WaitDone();
  CHECK(Runs == 5 && SeenObject == DriverObject && SeenItem == Own);
  IoUninitializeWorkItem(Own);
  ExFreePoolWithTag(Own, 'kroW');
  IoDeleteDevice(Device);
  return STATUS_SUCCESS;
}
