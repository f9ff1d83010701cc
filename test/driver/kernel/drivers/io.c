/* IRPs that the driver sends to its own device, which keeps them in a cancel-safe queue. */
#include "check.h"

#define IOCTL_NOW CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_LATER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

static PDEVICE_OBJECT Device;
static IO_CSQ Queue;
static LIST_ENTRY Irps;
static KSPIN_LOCK Lock;
static KEVENT Event;
static NTSTATUS Final;
static BOOLEAN Pended;
static LONG Cancelled, Completions;
static BOOLEAN Refuse;

static VOID Finish(PIRP Irp, NTSTATUS Status) {
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS CsqInsert(PIO_CSQ Csq, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(Csq);
  if (Refuse || Context != &Irps) {
    return STATUS_DEVICE_BUSY;
  }
  Irp->Tail.Overlay.ListEntry.Blink = Irps.Blink;
  Irp->Tail.Overlay.ListEntry.Flink = &Irps;
  Irps.Blink->Flink = &Irp->Tail.Overlay.ListEntry;
  Irps.Blink = &Irp->Tail.Overlay.ListEntry;
  return STATUS_SUCCESS;
}

static VOID CsqRemove(PIO_CSQ Csq, PIRP Irp) {
  UNREFERENCED_PARAMETER(Csq);
  Irp->Tail.Overlay.ListEntry.Blink->Flink = Irp->Tail.Overlay.ListEntry.Flink;
  Irp->Tail.Overlay.ListEntry.Flink->Blink = Irp->Tail.Overlay.ListEntry.Blink;
}

static PIRP CsqPeek(PIO_CSQ Csq, PIRP Irp, PVOID Context) {
  PLIST_ENTRY Next = Irp == NULL ? Irps.Flink : Irp->Tail.Overlay.ListEntry.Flink;
  UNREFERENCED_PARAMETER(Csq);
  UNREFERENCED_PARAMETER(Context);
  return Next == &Irps ? NULL : CONTAINING_RECORD(Next, IRP, Tail.Overlay.ListEntry);
}

static VOID CsqAcquire(PIO_CSQ Csq, PKIRQL Irql) {
  UNREFERENCED_PARAMETER(Csq);
  KeAcquireSpinLock(&Lock, Irql);
}

static VOID CsqRelease(PIO_CSQ Csq, KIRQL Irql) {
  UNREFERENCED_PARAMETER(Csq);
  KeReleaseSpinLock(&Lock, Irql);
}

static VOID CsqCompleteCanceled(PIO_CSQ Csq, PIRP Irp) {
  UNREFERENCED_PARAMETER(Csq);
  Cancelled++;
  Finish(Irp, STATUS_CANCELLED);
}

static NTSTATUS DeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
  if (DeviceObject != Device || Location->DeviceObject != Device) {
    Finish(Irp, STATUS_INVALID_PARAMETER);
    return STATUS_INVALID_PARAMETER;
  }
  if (Location->Parameters.DeviceIoControl.IoControlCode == IOCTL_LATER) {
    NTSTATUS Status = IoCsqInsertIrpEx(&Queue, Irp, NULL, &Irps);
    if (NT_SUCCESS(Status)) {
      return STATUS_PENDING;
    }
    Finish(Irp, Status);
    return Status;
  }
  Finish(Irp, STATUS_SUCCESS);
  return STATUS_SUCCESS;
}

static NTSTATUS Completed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  Completions++;
  Final = Irp->IoStatus.Status;
  Pended = Irp->PendingReturned;
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS Send(PIRP Irp, ULONG Major, ULONG Code) {
  PIO_STACK_LOCATION Next;
  IoReuseIrp(Irp, STATUS_SUCCESS);
  Next = IoGetNextIrpStackLocation(Irp);
  Next->MajorFunction = (UCHAR)Major;
  Next->Parameters.DeviceIoControl.IoControlCode = Code;
  IoSetCompletionRoutine(Irp, Completed, &Event, TRUE, TRUE, TRUE);
  return IoCallDriver(Device, Irp);
}

static VOID TestCalls(PIRP Irp) {
  CHECK(Send(Irp, IRP_MJ_DEVICE_CONTROL, IOCTL_NOW) == STATUS_SUCCESS);
  CHECK(Completions == 1 && Final == STATUS_SUCCESS && !Pended);
  CHECK(Send(Irp, IRP_MJ_READ, 0) == STATUS_INVALID_DEVICE_REQUEST);
  CHECK(Completions == 2 && Final == STATUS_INVALID_DEVICE_REQUEST);
}

static VOID TestQueue(PIRP First, PIRP Second) {
  PIRP Taken;
  Completions = 0;
  CHECK(IoCsqRemoveNextIrp(&Queue, NULL) == NULL);
  Send(First, IRP_MJ_DEVICE_CONTROL, IOCTL_LATER);
  Send(Second, IRP_MJ_DEVICE_CONTROL, IOCTL_LATER);
  Taken = IoCsqRemoveNextIrp(&Queue, NULL);
  CHECK(Taken == First);
  CHECK(!IoCancelIrp(First) && Cancelled == 0);
  Finish(Taken, STATUS_SUCCESS);
  CHECK(Completions == 1 && Final == STATUS_SUCCESS && Pended);
  CHECK(IoCancelIrp(Second));
  CHECK(Cancelled == 1 && Completions == 2 && Final == STATUS_CANCELLED);
  CHECK(KeGetCurrentIrql() == PASSIVE_LEVEL);
  CHECK(Irps.Flink == &Irps && IoCsqRemoveNextIrp(&Queue, NULL) == NULL);
  /* As if its cancel routine had been taken and waited for the queue's lock. */
  Send(Second, IRP_MJ_DEVICE_CONTROL, IOCTL_LATER);
  CHECK(IoSetCancelRoutine(Second, NULL) != NULL);
  CHECK(IoCsqRemoveNextIrp(&Queue, NULL) == NULL);
  CsqRemove(&Queue, Second);
  Finish(Second, STATUS_CANCELLED);
  Refuse = TRUE;
  CHECK(Send(First, IRP_MJ_DEVICE_CONTROL, IOCTL_LATER) == STATUS_DEVICE_BUSY && Final == STATUS_DEVICE_BUSY);
  Refuse = FALSE;
}

static VOID TestBuilt(VOID) {
  IO_STATUS_BLOCK Io;
  PIRP Irp = IoBuildDeviceIoControlRequest(IOCTL_LATER, Device, NULL, 0, NULL, 0, FALSE, &Event, &Io);
  PIRP Taken;
  KeClearEvent(&Event);
  CHECK(IoCallDriver(Device, Irp) == STATUS_PENDING);
  Taken = IoCsqRemoveNextIrp(&Queue, NULL);
  Taken->IoStatus.Status = STATUS_SUCCESS;
  Taken->IoStatus.Information = 42;
  IoCompleteRequest(Taken, IO_NO_INCREMENT);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  CHECK(Io.Status == STATUS_SUCCESS && Io.Information == 42);
}

static VOID TestContext(PIRP Irp) {
  static IO_CSQ_IRP_CONTEXT Context;
  static IO_CSQ Other;
  IoCsqInitialize(&Other, (PIO_CSQ_INSERT_IRP)(PVOID)NULL, CsqRemove, CsqPeek, CsqAcquire, CsqRelease, CsqCompleteCanceled);
  CHECK(Other.Type != Queue.Type);
  CHECK(IoCsqRemoveIrp(&Queue, &Context) == NULL);
  UNREFERENCED_PARAMETER(Irp);
}

static VOID TestNames(VOID) {
  static UNICODE_STRING Name = {16, 18, L"\\Device\\"};
  PFILE_OBJECT File;
  PDEVICE_OBJECT Found;
  PVOID Extension = NULL;
  ULONG_PTR Low, High;
  CHECK(IoGetDeviceObjectPointer(&Name, FILE_ALL_ACCESS, &File, &Found) == STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(IoAttachDeviceToDeviceStack(Device, Device) == NULL);
  CHECK(IoAllocateDriverObjectExtension(Device->DriverObject, &Queue, 8, &Extension) == STATUS_SUCCESS);
  CHECK(IoGetDriverObjectExtension(Device->DriverObject, &Queue) == Extension && Extension != NULL);
  CHECK(IoAllocateDriverObjectExtension(Device->DriverObject, &Queue, 8, &Extension) == STATUS_OBJECT_NAME_COLLISION);
  IoGetStackLimits(&Low, &High);
  CHECK((ULONG_PTR)&Low > Low && (ULONG_PTR)&Low < High && IoGetRemainingStackSize() < High - Low);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PIRP First, Second;
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DeviceControl;
  Irps.Flink = Irps.Blink = &Irps;
  KeInitializeSpinLock(&Lock);
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  IoCsqInitializeEx(&Queue, CsqInsert, CsqRemove, CsqPeek, CsqAcquire, CsqRelease, CsqCompleteCanceled);
  IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
  First = IoAllocateIrp(Device->StackSize, FALSE);
  Second = IoAllocateIrp(Device->StackSize, FALSE);
  TestCalls(First);
  TestQueue(First, Second);
  TestBuilt();
  TestContext(First);
  TestNames();
  IoFreeIrp(First);
  IoFreeIrp(Second);
  IoDeleteDevice(Device);
  return STATUS_SUCCESS;
}
