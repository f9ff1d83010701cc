/*
 * A device whose IOCTL receives from a connection: the application's own IRP is passed down to WskReceive, which pends
 * it, and whoever cancels it there gets STATUS_CANCELLED. The driver connects to an echo server at 10.0.0.2:7 and sends
 * it what IOCTL_SEND brings, in the same way.
 */
#include <ntddk.h>
#include <wsk.h>

#define IOCTL_RECEIVE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_SEND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static PWSK_SOCKET Socket;

/* For DriverEntry and DriverUnload, which wait for its completion; allocated once, so that unloading cannot fail. */
static PIRP SyncIrp;
static KEVENT SyncEvent;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Prepare(VOID) {
  IoReuseIrp(SyncIrp, STATUS_UNSUCCESSFUL);
  KeClearEvent(&SyncEvent);
  IoSetCompletionRoutine(SyncIrp, Done, &SyncEvent, TRUE, TRUE, TRUE);
  return SyncIrp;
}

static NTSTATUS Finish(VOID) {
  KeWaitForSingleObject(&SyncEvent, Executive, KernelMode, FALSE, NULL);
  return SyncIrp->IoStatus.Status;
}

/* The IRP comes back from WSK: it goes on to the application, whose thread must know that it was pended. */
static NTSTATUS PassedDown(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  if (Context != NULL) {
    IoFreeMdl((PMDL)Context);
  }
  if (Irp->PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  return STATUS_SUCCESS;
}

static NTSTATUS CompleteNow(PIRP Irp, NTSTATUS Status) {
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

static NTSTATUS Receive(PIRP Irp, ULONG Length) {
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Socket->Dispatch;
  WSK_BUF Buffer;

  if (Irp->MdlAddress == NULL || Length == 0) {
    return CompleteNow(Irp, STATUS_INVALID_PARAMETER);
  }
  Buffer.Mdl = Irp->MdlAddress;
  Buffer.Offset = 0;
  Buffer.Length = Length;
  IoSetCompletionRoutine(Irp, PassedDown, NULL, TRUE, TRUE, TRUE);
  return Dispatch->WskReceive(Socket, &Buffer, 0, Irp);
}

static NTSTATUS Send(PIRP Irp, ULONG Length) {
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Socket->Dispatch;
  WSK_BUF Buffer;

  if (Length == 0) {
    return CompleteNow(Irp, STATUS_INVALID_PARAMETER);
  }
  Buffer.Mdl = IoAllocateMdl(Irp->AssociatedIrp.SystemBuffer, Length, FALSE, FALSE, NULL);
  if (Buffer.Mdl == NULL) {
    return CompleteNow(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  MmBuildMdlForNonPagedPool(Buffer.Mdl);
  Buffer.Offset = 0;
  Buffer.Length = Length;
  IoSetCompletionRoutine(Irp, PassedDown, Buffer.Mdl, TRUE, TRUE, TRUE);
  return Dispatch->WskSend(Socket, &Buffer, 0, Irp);
}

static NTSTATUS OnDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);

  UNREFERENCED_PARAMETER(DeviceObject);
  switch (Location->Parameters.DeviceIoControl.IoControlCode) {
  case IOCTL_RECEIVE:
    return Receive(Irp, Location->Parameters.DeviceIoControl.OutputBufferLength);
  case IOCTL_SEND:
    return Send(Irp, Location->Parameters.DeviceIoControl.InputBufferLength);
  default:
    return CompleteNow(Irp, STATUS_INVALID_DEVICE_REQUEST);
  }
}

static NTSTATUS OnCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp) {
  UNREFERENCED_PARAMETER(DeviceObject);
  return CompleteNow(Irp, STATUS_SUCCESS);
}

static NTSTATUS Connect(VOID) {
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  SOCKADDR_IN Remote = {.sin_family = AF_INET};
  WSK_PROVIDER_NPI Provider;
  NTSTATUS Status;

  Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Remote.sin_port = RtlUshortByteSwap(7);
  Remote.sin_addr.S_un.S_addr = RtlUlongByteSwap(0x0a000002);
  Provider.Dispatch->WskSocketConnect(Provider.Client, SOCK_STREAM, IPPROTO_TCP, (PSOCKADDR)&Local, (PSOCKADDR)&Remote,
                                      0, NULL, NULL, NULL, NULL, NULL, Prepare());
  Status = Finish();
  if (NT_SUCCESS(Status)) {
    Socket = (PWSK_SOCKET)SyncIrp->IoStatus.Information;
  } else {
    WskReleaseProviderNPI(&Registration);
  }
  return Status;
}

static NTSTATUS MakeDevice(PDRIVER_OBJECT DriverObject) {
  UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\OwskReceive");
  UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\OwskReceive");
  PDEVICE_OBJECT Device;
  NTSTATUS Status;

  Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &Device);
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  /* One stack location for this driver and one for WSK. */
  Device->StackSize = 2;
  Device->Flags |= DO_DIRECT_IO;
  Device->Flags &= ~DO_DEVICE_INITIALIZING;
  Status = IoCreateSymbolicLink(&Link, &Name);
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(Device);
  }
  return Status;
}

static VOID RemoveDevice(PDRIVER_OBJECT DriverObject) {
  UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\OwskReceive");

  IoDeleteSymbolicLink(&Link);
  IoDeleteDevice(DriverObject->DeviceObject);
}

static VOID Disconnect(VOID) {
  ((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)->WskCloseSocket(Socket, Prepare());
  Finish();
  WskReleaseProviderNPI(&Registration);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  RemoveDevice(DriverObject);
  Disconnect();
  WskDeregister(&Registration);
  IoFreeIrp(SyncIrp);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
  NTSTATUS Status;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->MajorFunction[IRP_MJ_CREATE] = OnCreateClose;
  DriverObject->MajorFunction[IRP_MJ_CLOSE] = OnCreateClose;
  DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = OnDeviceControl;
  DriverObject->DriverUnload = DriverUnload;

  SyncIrp = IoAllocateIrp(1, FALSE);
  if (SyncIrp == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  KeInitializeEvent(&SyncEvent, NotificationEvent, FALSE);
  Status = WskRegister(&Client, &Registration);
  if (NT_SUCCESS(Status)) {
    Status = Connect();
    if (NT_SUCCESS(Status)) {
      Status = MakeDevice(DriverObject);
      if (!NT_SUCCESS(Status)) {
        Disconnect();
      }
    }
    if (!NT_SUCCESS(Status)) {
      WskDeregister(&Registration);
    }
  }
  if (!NT_SUCCESS(Status)) {
    IoFreeIrp(SyncIrp);
  }
  return Status;
}
