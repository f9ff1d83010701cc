/* KeWaitForMultipleObjects, semaphores and mutexes. */
#include "check.h"

static KEVENT First, Second, Third;
static KSEMAPHORE Semaphore;
static KMUTEX Mutex;
static ULONG Order;

static NTSTATUS WaitFor(ULONG Count, PVOID *Objects, WAIT_TYPE Type, PLARGE_INTEGER Timeout) {
  static KWAIT_BLOCK Blocks[8];
  return KeWaitForMultipleObjects(Count, Objects, Type, Executive, KernelMode, FALSE, Timeout, Count > 3 ? Blocks : NULL);
}

static VOID SetSecondLater(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  Sleep(10);
  KeSetEvent(&Second, IO_NO_INCREMENT, FALSE);
}

static VOID SetAllLater(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  Sleep(1);
  KeSetEvent(&First, IO_NO_INCREMENT, FALSE);
  Sleep(1);
  Order = 1;
  KeSetEvent(&Second, IO_NO_INCREMENT, FALSE);
  Sleep(1);
  Order = 2;
  KeSetEvent(&Third, IO_NO_INCREMENT, FALSE);
}

static VOID TestAny(VOID) {
  static PVOID Objects[4] = {&First, &Second, &Third, &Semaphore};
  LARGE_INTEGER Poll = {0}, Short = Milliseconds(5);
  PVOID Thread;
  CHECK(WaitFor(3, Objects, WaitAny, &Poll) == STATUS_TIMEOUT);
  CHECK(WaitFor(3, Objects, WaitAny, &Short) == STATUS_TIMEOUT);
  KeSetEvent(&Third, IO_NO_INCREMENT, FALSE);
  CHECK(WaitFor(3, Objects, WaitAny, NULL) == STATUS_WAIT_0 + 2);
  CHECK(KeReadStateEvent(&Third) == 0);
  Thread = StartThread(SetSecondLater, NULL);
  CHECK(WaitFor(3, Objects, WaitAny, NULL) == STATUS_WAIT_1);
  CHECK(KeReadStateEvent(&Second) == 0);
  Join(Thread);
  KeReleaseSemaphore(&Semaphore, 0, 1, FALSE);
  CHECK(WaitFor(4, Objects, WaitAny, NULL) == STATUS_WAIT_3);
  CHECK(KeReadStateSemaphore(&Semaphore) == 0);
}

static VOID TestAll(VOID) {
  static PVOID Objects[3] = {&First, &Second, &Third};
  LARGE_INTEGER Short = Milliseconds(1);
  PVOID Thread;
  KeSetEvent(&First, IO_NO_INCREMENT, FALSE);
  KeSetEvent(&Second, IO_NO_INCREMENT, FALSE);
  CHECK(WaitFor(3, Objects, WaitAll, &Short) == STATUS_TIMEOUT);
  CHECK(KeReadStateEvent(&First) != 0 && KeReadStateEvent(&Second) != 0);
  KeClearEvent(&First);
  KeClearEvent(&Second);
  Thread = StartThread(SetAllLater, NULL);
  CHECK(WaitFor(3, Objects, WaitAll, NULL) == STATUS_SUCCESS);
  CHECK(Order == 2);
  CHECK(KeReadStateEvent(&First) == 0 && KeReadStateEvent(&Second) == 0 && KeReadStateEvent(&Third) == 0);
  Join(Thread);
}

static VOID TakeSemaphore(PVOID Context) {
  KeWaitForSingleObject(&Semaphore, Executive, KernelMode, FALSE, NULL);
  InterlockedIncrement((volatile LONG *)Context);
}

static VOID TestSemaphore(VOID) {
  LARGE_INTEGER Poll = {0};
  LONG Taken = 0;
  PVOID Threads[3];
  ULONG i;
  for (i = 0; i < 3; i++) {
    Threads[i] = StartThread(TakeSemaphore, &Taken);
  }
  Sleep(1);
  CHECK(Taken == 0);
  CHECK(KeReleaseSemaphore(&Semaphore, 0, 2, FALSE) == 0);
  Sleep(1);
  CHECK(Taken == 2);
  CHECK(KeReleaseSemaphore(&Semaphore, 0, 1, FALSE) == 0);
  for (i = 0; i < 3; i++) {
    Join(Threads[i]);
  }
  CHECK(Taken == 3);
  CHECK(KeReleaseSemaphore(&Semaphore, 0, 3, FALSE) == 0);
  CHECK(KeReadStateSemaphore(&Semaphore) == 3);
  CHECK(KeWaitForSingleObject(&Semaphore, Executive, KernelMode, FALSE, &Poll) == STATUS_SUCCESS);
  CHECK(Semaphore.Header.SignalState == 2 && Semaphore.Limit == 3);
  KeInitializeSemaphore(&Semaphore, 0, 3);
}

static VOID OwnMutex(PVOID Context) {
  KeWaitForMutexObject(&Mutex, Executive, KernelMode, FALSE, NULL);
  *(PULONG)Context = Order;
  KeReleaseMutex(&Mutex, FALSE);
}

static VOID TestMutex(VOID) {
  LARGE_INTEGER Poll = {0};
  ULONG Seen = 0;
  PVOID Thread;
  CHECK(KeReadStateMutex(&Mutex) == 1);
  CHECK(KeWaitForMutexObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
  CHECK(KeReadStateMutex(&Mutex) == 0);
  CHECK(KeAreApcsDisabled());
  Order = 1;
  Thread = StartThread(OwnMutex, &Seen);
  CHECK(KeWaitForMutexObject(&Mutex, Executive, KernelMode, FALSE, &Poll) == STATUS_SUCCESS);
  Sleep(1);
  Order = 7;
  CHECK(KeReleaseMutex(&Mutex, FALSE) == -1);
  Sleep(1);
  CHECK(Seen == 0);
  CHECK(KeReleaseMutex(&Mutex, FALSE) == 0);
  CHECK(!KeAreApcsDisabled());
  Join(Thread);
  CHECK(Seen == 7);
  CHECK(KeReadStateMutex(&Mutex) == 1);
}

static VOID TestPulse(VOID) {
  CHECK(KePulseEvent(&First, 0, FALSE) == 0);
  CHECK(KeReadStateEvent(&First) == 0);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  KeInitializeEvent(&First, SynchronizationEvent, FALSE);
  KeInitializeEvent(&Second, SynchronizationEvent, FALSE);
  KeInitializeEvent(&Third, SynchronizationEvent, FALSE);
  KeInitializeSemaphore(&Semaphore, 0, 3);
  KeInitializeMutex(&Mutex, 0);
  TestAny();
  TestAll();
  TestSemaphore();
  TestMutex();
  TestPulse();
  return STATUS_SUCCESS;
}
