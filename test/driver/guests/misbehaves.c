/* A driver that goes wrong in one of many ways: the host says which. */
#include <ntddk.h>

ULONG TestCase(VOID);
static VOID Thread(PVOID Context);

static ULONG Recurse(ULONG Depth) {
  volatile UCHAR Local[512];
  Local[Depth % sizeof(Local)] = (UCHAR)Depth;
  return Recurse(Depth + 1) + Local[0];
}

static VOID WaitForEver(VOID) {
  KEVENT Event;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}

static VOID Unload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  if (TestCase() == 9) {
    WaitForEver();
  }
}

static VOID Thread(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  WaitForEver();
}

static NTSTATUS AllMemory(VOID) {
  ULONG Blocks = 0;
  while (ExAllocatePool2(POOL_FLAG_NON_PAGED, 65536, 'llA ') != NULL) {
    Blocks++;
  }
  DbgPrint("%lu blocks of 64 KiB\n", Blocks);
  return STATUS_INSUFFICIENT_RESOURCES;
}

static VOID DamageIrp(VOID) {
  PIRP Irp = IoAllocateIrp(1, FALSE);
  IoSetNextIrpStackLocation(Irp);
  Irp->CurrentLocation = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  volatile ULONG Zero = 0;
  HANDLE Handle;
  VOID (*NoFunction)(VOID) = (VOID(*)(VOID))(ULONG_PTR)0x1234567;

  UNREFERENCED_PARAMETER(RegistryPath);
  switch (TestCase()) {
  case 1:
    return STATUS_UNSUCCESSFUL;
  case 2:
    WaitForEver();
    break;
  case 3:
    while (Zero == 0) {
    }
    break;
  case 4:
    return (NTSTATUS)Recurse(0);
  case 5:
    return AllMemory();
  case 6:
    *(volatile ULONG *)(ULONG_PTR)0x7f000000 = 1;
    break;
  case 7:
    NoFunction();
    break;
  case 8:
    DriverObject->DriverUnload = Unload;
    PsCreateSystemThread(&Handle, 0, NULL, NULL, NULL, Thread, NULL);
    break;
  case 9:
    DriverObject->DriverUnload = Unload;
    break;
  case 10:
    return (NTSTATUS)(5 / Zero);
  case 11:
    KeSetEvent((PKEVENT)RegistryPath, IO_NO_INCREMENT, FALSE);
    break;
  case 12:
    IoFreeIrp((PIRP)DriverObject);
    break;
  case 13:
    KeBugCheckEx(0xdeadbeef, 1, 2, 3, 4);
    break;
  case 14:
    ExRaiseStatus(STATUS_ACCESS_VIOLATION);
    break;
  case 15:
    DamageIrp();
    break;
  }
  return STATUS_SUCCESS;
}
