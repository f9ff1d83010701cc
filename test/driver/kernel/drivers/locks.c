/* The locks of the executive that threads wait for, and spin locks for readers and writers. */
#include "check.h"

NTKERNELAPI ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE Resource);

static FAST_MUTEX FastMutex;
static KGUARDED_MUTEX GuardedMutex;
static ERESOURCE Resource;
static EX_PUSH_LOCK PushLock;
static EX_SPIN_LOCK SpinLock;
static EX_RUNDOWN_REF Rundown;
static IO_REMOVE_LOCK RemoveLock;
static volatile LONG Inside, Most, Steps;

static VOID Enter(VOID) {
  LONG Now = InterlockedIncrement(&Inside);
  if (Now > Most) {
    Most = Now;
  }
  Sleep(1);
  InterlockedDecrement(&Inside);
  InterlockedIncrement(&Steps);
}

static VOID UseFastMutex(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  ExAcquireFastMutex(&FastMutex);
  Enter();
  ExReleaseFastMutex(&FastMutex);
}

static VOID UseGuardedMutex(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  KeAcquireGuardedMutex(&GuardedMutex);
  Enter();
  KeReleaseGuardedMutex(&GuardedMutex);
}

static VOID UsePushLock(PVOID Context) {
  KeEnterCriticalRegion();
  if (Context != NULL) {
    ExAcquirePushLockExclusive(&PushLock);
    Enter();
    ExReleasePushLockExclusive(&PushLock);
  } else {
    ExAcquirePushLockShared(&PushLock);
    Enter();
    ExReleasePushLockShared(&PushLock);
  }
  KeLeaveCriticalRegion();
}

static VOID UseResource(PVOID Context) {
  KeEnterCriticalRegion();
  if (Context != NULL) {
    ExAcquireResourceExclusiveLite(&Resource, TRUE);
  } else {
    ExAcquireResourceSharedLite(&Resource, TRUE);
  }
  Enter();
  ExReleaseResourceLite(&Resource);
  KeLeaveCriticalRegion();
}

/* Three threads at a time. Gives the most that were inside together. */
static LONG Compete(PKSTART_ROUTINE Routine, PVOID Context) {
  PVOID Threads[3];
  ULONG i;
  Inside = Most = Steps = 0;
  for (i = 0; i < 3; i++) {
    Threads[i] = StartThread(Routine, Context);
  }
  for (i = 0; i < 3; i++) {
    Join(Threads[i]);
  }
  return Steps == 3 ? Most : -1;
}

static VOID TryFastMutex(PVOID Context) { *(PBOOLEAN)Context = ExTryToAcquireFastMutex(&FastMutex); }

static VOID TestFastMutex(VOID) {
  BOOLEAN Got = TRUE;
  ExInitializeFastMutex(&FastMutex);
  CHECK(Compete(UseFastMutex, NULL) == 1);
  ExAcquireFastMutex(&FastMutex);
  CHECK(KeGetCurrentIrql() == APC_LEVEL);
  CHECK(FastMutex.Owner == KeGetCurrentThread());
  Join(StartThread(TryFastMutex, &Got));
  CHECK(!Got);
  ExReleaseFastMutex(&FastMutex);
  CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
  CHECK(ExTryToAcquireFastMutex(&FastMutex));
  CHECK(KeGetCurrentIrql() == APC_LEVEL);
  ExReleaseFastMutex(&FastMutex);
  KeEnterCriticalRegion();
  ExAcquireFastMutexUnsafe(&FastMutex);
  CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
  ExReleaseFastMutexUnsafe(&FastMutex);
  KeLeaveCriticalRegion();
  KeInitializeGuardedMutex(&GuardedMutex);
  CHECK(Compete(UseGuardedMutex, NULL) == 1);
  CHECK(KeTryToAcquireGuardedMutex(&GuardedMutex));
  CHECK(KeAreAllApcsDisabled() && KeGetCurrentIrql() == PASSIVE_LEVEL);
  KeReleaseGuardedMutex(&GuardedMutex);
  CHECK(!KeAreAllApcsDisabled() && !KeAreApcsDisabled());
}

static VOID TestPushLock(VOID) {
  ExInitializePushLock(&PushLock);
  CHECK(Compete(UsePushLock, NULL) == 3);
  CHECK(Compete(UsePushLock, &PushLock) == 1);
  CHECK(PushLock == 0);
}

static VOID WantExclusive(PVOID Context) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Resource, TRUE);
  *(PLONG)Context = ++Steps;
  ExReleaseResourceLite(&Resource);
  KeLeaveCriticalRegion();
}

static VOID WantShared(PVOID Context) {
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Resource, TRUE);
  *(PLONG)Context = ++Steps;
  ExReleaseResourceLite(&Resource);
  KeLeaveCriticalRegion();
}

static VOID TryResource(PVOID Context) {
  PBOOLEAN Got = Context;
  KeEnterCriticalRegion();
  Got[0] = ExAcquireResourceExclusiveLite(&Resource, FALSE);
  Got[1] = ExAcquireResourceSharedLite(&Resource, FALSE);
  Got[2] = ExAcquireSharedStarveExclusive(&Resource, FALSE);
  if (Got[2]) {
    ExReleaseResourceLite(&Resource);
  }
  KeLeaveCriticalRegion();
}

static VOID TestResource(VOID) {
  LONG Exclusive = 0, Shared = 0;
  BOOLEAN Got[3];
  PVOID Writer, Reader;
  CHECK(ExInitializeResourceLite(&Resource) == STATUS_SUCCESS);
  CHECK(Compete(UseResource, NULL) == 3);
  CHECK(Compete(UseResource, &Resource) == 1);
  KeEnterCriticalRegion();
  CHECK(ExAcquireResourceExclusiveLite(&Resource, TRUE));
  CHECK(ExAcquireResourceExclusiveLite(&Resource, TRUE) && ExAcquireResourceSharedLite(&Resource, TRUE));
  CHECK(ExIsResourceAcquiredExclusiveLite(&Resource) && ExIsResourceAcquiredSharedLite(&Resource) == 3);
  ExReleaseResourceLite(&Resource);
  ExReleaseResourceLite(&Resource);
  Join(StartThread(TryResource, Got));
  CHECK(!Got[0] && !Got[1] && !Got[2]);
  ExConvertExclusiveToSharedLite(&Resource);
  CHECK(!ExIsResourceAcquiredExclusiveLite(&Resource) && ExIsResourceAcquiredSharedLite(&Resource) == 1);
  Steps = 0;
  Writer = StartThread(WantExclusive, &Exclusive);
  Sleep(1);
  Reader = StartThread(WantShared, &Shared);
  Sleep(1);
  CHECK(Exclusive == 0 && Shared == 0);
  CHECK(ExGetExclusiveWaiterCount(&Resource) == 1);
  Join(StartThread(TryResource, Got));
  CHECK(!Got[0] && !Got[1] && Got[2]);
  ExReleaseResourceLite(&Resource);
  KeLeaveCriticalRegion();
  Join(Writer);
  Join(Reader);
  CHECK(Exclusive == 1 && Shared == 2);
  CHECK(ExDeleteResourceLite(&Resource) == STATUS_SUCCESS);
}

static VOID TestSpinLock(VOID) {
  KIRQL Irql;
  SpinLock = 0;
  Irql = ExAcquireSpinLockShared(&SpinLock);
  CHECK(Irql == PASSIVE_LEVEL && KeGetCurrentIrql() == DISPATCH_LEVEL);
  ExAcquireSpinLockSharedAtDpcLevel(&SpinLock);
  CHECK(!ExTryConvertSharedSpinLockExclusive(&SpinLock));
  ExReleaseSpinLockSharedFromDpcLevel(&SpinLock);
  CHECK(ExTryConvertSharedSpinLockExclusive(&SpinLock));
  ExReleaseSpinLockExclusive(&SpinLock, Irql);
  CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL && SpinLock == 0);
  Irql = ExAcquireSpinLockExclusive(&SpinLock);
  CHECK(SpinLock != 0);
  ExReleaseSpinLockExclusive(&SpinLock, Irql);
}

static VOID ReleaseRundownLater(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  Sleep(5);
  Steps = 1;
  ExReleaseRundownProtection(&Rundown);
}

static VOID TestRundown(VOID) {
  PVOID Thread;
  ExInitializeRundownProtection(&Rundown);
  CHECK(ExAcquireRundownProtection(&Rundown) && ExAcquireRundownProtectionEx(&Rundown, 2));
  ExReleaseRundownProtectionEx(&Rundown, 2);
  Steps = 0;
  Thread = StartThread(ReleaseRundownLater, NULL);
  ExWaitForRundownProtectionRelease(&Rundown);
  CHECK(Steps == 1);
  CHECK(!ExAcquireRundownProtection(&Rundown));
  ExRundownCompleted(&Rundown);
  ExWaitForRundownProtectionRelease(&Rundown);
  ExReInitializeRundownProtection(&Rundown);
  CHECK(ExAcquireRundownProtection(&Rundown));
  ExReleaseRundownProtection(&Rundown);
  Join(Thread);
}

static VOID ReleaseRemoveLockLater(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  Sleep(5);
  Steps = 1;
  IoReleaseRemoveLock(&RemoveLock, NULL);
}

static VOID TestRemoveLock(VOID) {
  PVOID Thread;
  IoInitializeRemoveLock(&RemoveLock, 'kcoL', 0, 0);
  CHECK(IoAcquireRemoveLock(&RemoveLock, NULL) == STATUS_SUCCESS);
  CHECK(IoAcquireRemoveLock(&RemoveLock, NULL) == STATUS_SUCCESS);
  Steps = 0;
  Thread = StartThread(ReleaseRemoveLockLater, NULL);
  IoReleaseRemoveLockAndWait(&RemoveLock, NULL);
  CHECK(Steps == 1);
  CHECK(IoAcquireRemoveLock(&RemoveLock, NULL) == STATUS_DELETE_PENDING);
  Join(Thread);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  TestFastMutex();
  TestPushLock();
  TestResource();
  TestSpinLock();
  TestRundown();
  TestRemoveLock();
  return STATUS_SUCCESS;
}
