/* What the system tells of itself; EX_TIMERs, event objects, memory and priorities. */
#include "check.h"
#include <ntifs.h>

static KEVENT Event;
static LONG Ticks, Deleted;
static KIRQL TickIrql;

static VOID Tick(PEX_TIMER Timer, PVOID Context) {
  UNREFERENCED_PARAMETER(Timer);
  TickIrql = KeGetCurrentIrql();
  if (++*(PLONG)Context >= 3) {
    KeSetEvent(&Event, IO_NO_INCREMENT, FALSE);
  }
}

static VOID OnDelete(PVOID Context) { ++*(PLONG)Context; }

static VOID TestTimer(VOID) {
  static EXT_DELETE_PARAMETERS Parameters;
  PEX_TIMER Timer = ExAllocateTimer(Tick, &Ticks, EX_TIMER_HIGH_RESOLUTION);
  LARGE_INTEGER Before, After;
  CHECK(Timer != NULL);
  KeQuerySystemTime(&Before);
  CHECK(!ExSetTimer(Timer, -20000, 10000, NULL));
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  KeQuerySystemTime(&After);
  CHECK(After.QuadPart - Before.QuadPart == 40000);
  CHECK(TickIrql == DISPATCH_LEVEL);
  CHECK(ExCancelTimer(Timer, NULL) && !ExCancelTimer(Timer, NULL));
  ExSetTimer(Timer, -20000, 0, NULL);
  Parameters.DeleteCallback = OnDelete;
  Parameters.DeleteContext = &Deleted;
  CHECK(ExDeleteTimer(Timer, TRUE, TRUE, &Parameters));
  Sleep(5);
  CHECK(Ticks == 3 && Deleted == 1);
}

static VOID TestRoutines(VOID) {
  static UNICODE_STRING Known = {46, 48, L"KeQueryActiveGroupCount"}, Unknown = {6, 8, L"NoA"};
  CHECK(MmGetSystemRoutineAddress(&Unknown) == NULL);
  {
    USHORT(NTAPI * volatile Address)(VOID) = KeQueryActiveGroupCount;
    CHECK(MmGetSystemRoutineAddress(&Known) == (PVOID)Address);
  }
}

static VOID TestObjects(VOID) {
  HANDLE Handle = NULL, Again = NULL;
  LONG Previous = 5;
  PVOID Object = NULL;
  LARGE_INTEGER Poll = {0};
  PKTHREAD Thread = KeGetCurrentThread();
  CHECK(ZwCreateEvent(&Handle, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE) == STATUS_SUCCESS);
  CHECK(ZwWaitForSingleObject(Handle, FALSE, &Poll) == STATUS_TIMEOUT);
  CHECK(ZwSetEvent(Handle, &Previous) == STATUS_SUCCESS && Previous == 0);
  CHECK(ObReferenceObjectByHandle(Handle, EVENT_ALL_ACCESS, NULL, KernelMode, &Object, NULL) == STATUS_SUCCESS);
  CHECK(KeReadStateEvent(Object) != 0 && ZwWaitForSingleObject(Handle, FALSE, NULL) == STATUS_SUCCESS);
  CHECK(KeReadStateEvent(Object) == 0);
  CHECK(ObOpenObjectByPointer(Object, OBJ_KERNEL_HANDLE, NULL, EVENT_ALL_ACCESS, NULL, KernelMode, &Again) == STATUS_SUCCESS);
  CHECK(ZwSetEvent(Again, NULL) == STATUS_SUCCESS && KeReadStateEvent(Object) != 0);
  CHECK(ZwClose(Again) == STATUS_SUCCESS && ZwClose(Handle) == STATUS_SUCCESS && ZwSetEvent(Handle, NULL) == STATUS_INVALID_HANDLE);
  CHECK(KeSetPriorityThread(Thread, LOW_REALTIME_PRIORITY) == 8 && KeQueryPriorityThread(Thread) == LOW_REALTIME_PRIORITY);
  CHECK(PsGetProcessId(PsGetCurrentProcess()) == (HANDLE)4 && ExGetPreviousMode() == KernelMode);
}

static VOID TestMemory(VOID) {
  PHYSICAL_ADDRESS Highest;
  PUCHAR Memory;
  Highest.QuadPart = -1;
  Memory = MmAllocateContiguousMemory(100, Highest);
  CHECK(Memory != NULL && ((ULONG_PTR)Memory & (PAGE_SIZE - 1)) == 0 && Memory[99] == 0);
  CHECK(MmIsAddressValid(Memory) && !MmIsAddressValid(NULL));
  CHECK(MmGetPhysicalAddress(Memory).QuadPart == (LONGLONG)(ULONG_PTR)Memory);
  MmFreeContiguousMemory(Memory);
  CHECK(!MmIsAddressValid(Memory));
}

static VOID TestVariants(VOID) {
  static KSPIN_LOCK Lock;
  PUCHAR Memory = ExAllocatePoolQuotaZero(NonPagedPoolNx, 8, 'tseT');
  KIRQL Irql = KeAcquireSpinLockForDpc(&Lock);
  CHECK(Irql == PASSIVE_LEVEL && KeGetCurrentIrql() == DISPATCH_LEVEL);
  KeReleaseSpinLockForDpc(&Lock, Irql);
  CHECK(Memory[7] == 0 && KeGetCurrentIrql() == PASSIVE_LEVEL);
  ExFreePoolWithTag(Memory, 'tseT');
}

static VOID TestProcessors(VOID) {
  PROCESSOR_NUMBER Number;
  CHECK(KeQueryActiveProcessors() == 3 && KeQueryActiveGroupCount() == 1 && KeGetCurrentProcessorIndex() == 0);
  CHECK(KeGetProcessorNumberFromIndex(1, &Number) == STATUS_SUCCESS && Number.Group == 0 && Number.Number == 1);
  CHECK(KeGetProcessorIndexFromNumber(&Number) == 1);
  CHECK(KeGetProcessorNumberFromIndex(2, &Number) == STATUS_INVALID_PARAMETER);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  TestTimer();
  TestRoutines();
  TestObjects();
  TestMemory();
  TestProcessors();
  TestVariants();
  return STATUS_SUCCESS;
}
