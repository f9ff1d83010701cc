/* One mistake a run: TestCase() says which. */
#include "check.h"

ULONG TestCase(VOID);

static FAST_MUTEX FastMutex;
static ERESOURCE Resource;
static EX_PUSH_LOCK PushLock;
static EX_SPIN_LOCK SpinLock;
static EX_RUNDOWN_REF Rundown;
static KMUTEX Mutex;
static KSEMAPHORE Semaphore;
static KEVENT Event;

static VOID HoldMutex(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  KeWaitForMutexObject(&Mutex, Executive, KernelMode, FALSE, NULL);
  if (TestCase() == 1) {
    Sleep(5);
  }
}

static VOID AtDispatch(PVOID Parameter) {
  KIRQL Irql;
  UNREFERENCED_PARAMETER(Parameter);
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
}

static VOID Nothing(PDEVICE_OBJECT DeviceObject, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Context);
}

static VOID Mistake(ULONG Case) {
  static PVOID Objects[4] = {&Event, &Event, &Event, &Event};
  static WORK_QUEUE_ITEM ExItem;
  KIRQL Irql;
  PIO_WORKITEM Item;
  PVOID Memory;
  switch (Case) {
    case 0: StartThread(HoldMutex, NULL); break;
    case 1:
      StartThread(HoldMutex, NULL);
      Sleep(1);
      KeReleaseMutex(&Mutex, FALSE);
      break;
    case 2: KeReleaseSemaphore(&Semaphore, 0, 2, FALSE); break;
    case 3: KeWaitForMultipleObjects(4, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); break;
    case 4:
      KeRaiseIrql(DISPATCH_LEVEL, &Irql);
      KeWaitForMultipleObjects(3, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
      break;
    case 5:
      KeRaiseIrql(DISPATCH_LEVEL, &Irql);
      ExAcquireFastMutex(&FastMutex);
      break;
    case 6:
      ExAcquireFastMutex(&FastMutex);
      ExAcquireFastMutex(&FastMutex);
      break;
    case 7: ExReleaseResourceLite(&Resource); break;
    case 8:
      KeRaiseIrql(DISPATCH_LEVEL, &Irql);
      ExAcquirePushLockExclusive(&PushLock);
      break;
    case 9:
      ExAcquireSpinLockExclusive(&SpinLock);
      ExAcquireSpinLockExclusiveAtDpcLevel(&SpinLock);
      break;
    case 10: ExReleaseSpinLockShared(&SpinLock, PASSIVE_LEVEL); break;
    case 11: KeLeaveCriticalRegion(); break;
    case 12: ExReleaseRundownProtection(&Rundown); break;
    case 13:
      Item = IoAllocateWorkItem(NULL);
      IoQueueWorkItem(Item, Nothing, DelayedWorkQueue, NULL);
      IoQueueWorkItem(Item, Nothing, DelayedWorkQueue, NULL);
      break;
    case 14:
      Item = IoAllocateWorkItem(NULL);
      IoQueueWorkItem(Item, Nothing, DelayedWorkQueue, NULL);
      IoFreeWorkItem(Item);
      break;
    case 15:
      ExInitializeWorkItem(&ExItem, AtDispatch, NULL);
      ExQueueWorkItem(&ExItem, DelayedWorkQueue);
      break;
    case 16:
      Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(ERESOURCE), 'tseT');
      ExInitializeResourceLite(Memory);
      ExFreePool(Memory);
      break;
    case 17:
      Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(KMUTEX), 'tseT');
      KeInitializeMutex(Memory, 0);
      KeWaitForMutexObject(Memory, Executive, KernelMode, FALSE, NULL);
      ExFreePool(Memory);
      break;
    case 18: ExAcquireFastMutexUnsafe(&FastMutex); break;
    case 19: IoAllocateWorkItem(NULL); break;
  }
  Sleep(20);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeInitializeMutex(&Mutex, 0);
  KeInitializeSemaphore(&Semaphore, 0, 1);
  KeInitializeEvent(&Event, SynchronizationEvent, FALSE);
  ExInitializeFastMutex(&FastMutex);
  if (TestCase() != 16) {
    ExInitializeResourceLite(&Resource);
  }
  Mistake(TestCase());
  return STATUS_SUCCESS;
}
