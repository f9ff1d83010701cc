/*
 * A UDP echo server with an event callback, on port 7: WskReceiveFromEvent keeps the datagrams that come
 * (STATUS_PENDING), sends the same buffers back to where they came from, and releases them when they are sent. Nothing
 * is copied, nothing waits. When memory runs out datagrams are lost, as UDP allows, and nothing is left behind.
 */
#include <ntddk.h>
#include <wsk.h>

#define POOL_TAG 'ohcE'
#define ECHO_PORT 7

/* A list of datagrams that is being sent back: released when the last of them is. */
typedef struct _ECHO {
  PWSK_DATAGRAM_INDICATION Indication;
  volatile LONG Unsent;
} ECHO, *PECHO;

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static PWSK_SOCKET Socket;
/* Counts lists that are being sent back, and one for the driver itself. */
static volatile LONG Users;
static KEVENT NoUsers;

#define DATAGRAM ((const WSK_PROVIDER_DATAGRAM_DISPATCH *)Socket->Dispatch)

static VOID Release(VOID) {
  if (InterlockedDecrement(&Users) == 0) {
    KeSetEvent(&NoUsers, IO_NO_INCREMENT, FALSE);
  }
}

/* A datagram is sent, or will never be: with the last one the list goes back. */
static VOID FinishEcho(PECHO Echo) {
  if (InterlockedDecrement(&Echo->Unsent) == 0) {
    DATAGRAM->WskRelease(Socket, Echo->Indication);
    ExFreePoolWithTag(Echo, POOL_TAG);
    Release();
  }
}

static NTSTATUS Sent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  IoFreeIrp(Irp);
  FinishEcho(Context);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS WSKAPI OnReceiveFrom(PVOID SocketContext, ULONG Flags, PWSK_DATAGRAM_INDICATION DataIndication) {
  PWSK_DATAGRAM_INDICATION Datagram;
  PECHO Echo;

  UNREFERENCED_PARAMETER(SocketContext);
  UNREFERENCED_PARAMETER(Flags);
  /* NULL: the socket is of no use any more. DriverUnload closes it. */
  if (DataIndication == NULL) {
    return STATUS_SUCCESS;
  }
  Echo = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Echo), POOL_TAG);
  if (Echo == NULL) {
    return STATUS_SUCCESS;
  }
  Echo->Indication = DataIndication;
  /* One more than there are datagrams, until all are on their way: the last completion may come at once. */
  Echo->Unsent = 1;
  InterlockedIncrement(&Users);
  for (Datagram = DataIndication; Datagram != NULL; Datagram = Datagram->Next) {
    PIRP Irp = IoAllocateIrp(1, FALSE);
    if (Irp == NULL) {
      break;
    }
    IoSetCompletionRoutine(Irp, Sent, Echo, TRUE, TRUE, TRUE);
    InterlockedIncrement(&Echo->Unsent);
    DATAGRAM->WskSendTo(Socket, &Datagram->Buffer, 0, Datagram->RemoteAddress, 0, NULL, Irp);
  }
  FinishEcho(Echo);
  return STATUS_PENDING;
}

static const WSK_CLIENT_DATAGRAM_DISPATCH DatagramDispatch = {OnReceiveFrom};

/* The IRP of DriverEntry and DriverUnload, which wait for its completion. */
static PIRP WaitIrp;
static KEVENT WaitEvent;

static NTSTATUS SetEvent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Prepare(VOID) {
  IoReuseIrp(WaitIrp, STATUS_UNSUCCESSFUL);
  KeInitializeEvent(&WaitEvent, NotificationEvent, FALSE);
  IoSetCompletionRoutine(WaitIrp, SetEvent, &WaitEvent, TRUE, TRUE, TRUE);
  return WaitIrp;
}

static NTSTATUS Finish(VOID) {
  KeWaitForSingleObject(&WaitEvent, Executive, KernelMode, FALSE, NULL);
  return WaitIrp->IoStatus.Status;
}

static NTSTATUS Open(PWSK_PROVIDER_NPI Provider) {
  WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE_FROM};
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  NTSTATUS Status;

  Provider->Dispatch->WskSocket(Provider->Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL,
                                &DatagramDispatch, NULL, NULL, NULL, Prepare());
  Status = Finish();
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Socket = (PWSK_SOCKET)WaitIrp->IoStatus.Information;
  Local.sin_port = RtlUshortByteSwap(ECHO_PORT);
  DATAGRAM->WskBind(Socket, (PSOCKADDR)&Local, 0, Prepare());
  Status = Finish();
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  return DATAGRAM->WskControlSocket(Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(Events), &Events,
                                    0, NULL, NULL, NULL);
}

/* No callback runs once this has returned. */
static VOID DisableCallback(VOID) {
  WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE};

  DATAGRAM->WskControlSocket(Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(Events), &Events, 0, NULL,
                             NULL, Prepare());
  Finish();
}

static VOID Close(VOID) {
  if (Socket != NULL) {
    DATAGRAM->WskCloseSocket(Socket, Prepare());
    Finish();
  }
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  DisableCallback();
  Release();
  KeWaitForSingleObject(&NoUsers, Executive, KernelMode, FALSE, NULL);
  Close();
  IoFreeIrp(WaitIrp);
  WskReleaseProviderNPI(&Registration);
  WskDeregister(&Registration);
  DbgPrint("unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
  WSK_PROVIDER_NPI Provider;
  NTSTATUS Status;

  UNREFERENCED_PARAMETER(RegistryPath);
  KeInitializeEvent(&NoUsers, NotificationEvent, FALSE);
  Users = 1;
  WaitIrp = IoAllocateIrp(1, FALSE);
  if (WaitIrp == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  Status = WskRegister(&Client, &Registration);
  if (NT_SUCCESS(Status)) {
    Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
    if (NT_SUCCESS(Status)) {
      Status = Open(&Provider);
      if (!NT_SUCCESS(Status)) {
        Close();
        WskReleaseProviderNPI(&Registration);
      }
    }
    if (!NT_SUCCESS(Status)) {
      WskDeregister(&Registration);
    }
  }
  if (!NT_SUCCESS(Status)) {
    IoFreeIrp(WaitIrp);
    return Status;
  }
  DriverObject->DriverUnload = DriverUnload;
  return STATUS_SUCCESS;
}
