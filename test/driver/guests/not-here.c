/* Calls members of a dispatch table that are not here yet: each completes its IRP before it returns. */
#include <ntddk.h>
#include <wsk.h>


static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Prepare(PIRP Irp, PKEVENT Event) {
  IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
  IoSetCompletionRoutine(Irp, Done, Event, TRUE, TRUE, TRUE);
  return Irp;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
  WSK_PROVIDER_NPI Provider;
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch;
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  PWSK_SOCKET Socket;
  KEVENT Event;
  NTSTATUS Status;
  PIRP Irp = IoAllocateIrp(1, FALSE);

  UNREFERENCED_PARAMETER(DriverObject);
  UNREFERENCED_PARAMETER(RegistryPath);
  KeInitializeEvent(&Event, SynchronizationEvent, FALSE);
  WskRegister(&Client, &Registration);
  WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Prepare(Irp, &Event));
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  Socket = (PWSK_SOCKET)Irp->IoStatus.Information;
  Dispatch = Socket->Dispatch;
  Dispatch->WskBind(Socket, (PSOCKADDR)&Local, 0, Prepare(Irp, &Event));
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);

  Status = Dispatch->WskSendEx(Socket, NULL, 0, 0, NULL, Prepare(Irp, &Event));
  DbgPrint("WskSendEx 0x%08x, completed %ld with 0x%08x\n", Status, KeReadStateEvent(&Event), Irp->IoStatus.Status);
  KeClearEvent(&Event);
  Status = Dispatch->WskReceiveEx(Socket, NULL, 0, NULL, NULL, NULL, Prepare(Irp, &Event));
  DbgPrint("WskReceiveEx 0x%08x, completed %ld with 0x%08x\n", Status, KeReadStateEvent(&Event), Irp->IoStatus.Status);
  KeClearEvent(&Event);

  Dispatch->WskCloseSocket(Socket, Prepare(Irp, &Event));
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  IoFreeIrp(Irp);
  WskReleaseProviderNPI(&Registration);
  WskDeregister(&Registration);
  return STATUS_UNSUCCESSFUL;
}
