/*
 * An echo server with event callbacks, on port 7: WskAcceptEvent takes connections, WskReceiveEvent keeps what comes
 * (STATUS_PENDING), sends the same buffers back, and releases them when they are sent. Nothing is copied, nothing waits.
 * What ending and closing need is allocated at the start: when memory runs out, connections end, and nothing is left.
 */
#include <ntddk.h>
#include <wsk.h>

#define POOL_TAG 'ohcE'
#define ECHO_PORT 7

typedef struct _CONNECTION {
  LIST_ENTRY Entry;
  PWSK_SOCKET Socket;
  /* For WskDisconnect, and then for WskCloseSocket. */
  PIRP EndIrp;
  BOOLEAN Ending;
  /* One until it has been disconnected, and one for each list of indications that it keeps. */
  volatile LONG References;
} CONNECTION, *PCONNECTION;

/* A list of indications that is being sent back: released when the last of its pieces is. */
typedef struct _ECHO {
  PCONNECTION Connection;
  PWSK_DATA_INDICATION Indication;
  volatile LONG Unsent;
} ECHO, *PECHO;

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static PWSK_SOCKET ListeningSocket;
static LIST_ENTRY Connections;
static KSPIN_LOCK ConnectionsLock;
/* Counts connections, and one for the driver itself. */
static volatile LONG Users;
static KEVENT NoUsers;

static VOID Release(VOID) {
  if (InterlockedDecrement(&Users) == 0) {
    KeSetEvent(&NoUsers, IO_NO_INCREMENT, FALSE);
  }
}

/* Makes a connection's IRP ready for its next call. */
static PIRP EndIrp(PCONNECTION Connection, PIO_COMPLETION_ROUTINE Routine) {
  IoReuseIrp(Connection->EndIrp, STATUS_UNSUCCESSFUL);
  IoSetCompletionRoutine(Connection->EndIrp, Routine, Connection, TRUE, TRUE, TRUE);
  return Connection->EndIrp;
}

static VOID FreeConnection(PCONNECTION Connection) {
  if (Connection->EndIrp != NULL) {
    IoFreeIrp(Connection->EndIrp);
  }
  ExFreePoolWithTag(Connection, POOL_TAG);
}

static NTSTATUS Closed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  FreeConnection(Context);
  Release();
  return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The last one to let go of a connection closes its socket: no indication is kept and nothing is pending on it. */
static VOID Dereference(PCONNECTION Connection) {
  const WSK_PROVIDER_BASIC_DISPATCH *Dispatch = Connection->Socket->Dispatch;

  if (InterlockedDecrement(&Connection->References) == 0) {
    Dispatch->WskCloseSocket(Connection->Socket, EndIrp(Connection, Closed));
  }
}

static NTSTATUS Disconnected(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  Dereference(Context);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Ends a connection once, whoever asks first. Flags are WskDisconnect's: what is being sent is sent, or given up. */
static VOID EndConnection(PCONNECTION Connection, ULONG Flags) {
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Connection->Socket->Dispatch;
  KIRQL OldIrql;
  BOOLEAN First;

  KeAcquireSpinLock(&ConnectionsLock, &OldIrql);
  First = !Connection->Ending;
  if (First) {
    Connection->Ending = TRUE;
    RemoveEntryList(&Connection->Entry);
  }
  KeReleaseSpinLock(&ConnectionsLock, OldIrql);
  if (First) {
    Dispatch->WskDisconnect(Connection->Socket, NULL, Flags, EndIrp(Connection, Disconnected));
  }
}

/* The bytes are sent, or will never be: gives their buffers back. */
static VOID FinishEcho(PECHO Echo) {
  PCONNECTION Connection = Echo->Connection;
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Connection->Socket->Dispatch;

  if (InterlockedDecrement(&Echo->Unsent) == 0) {
    Dispatch->WskRelease(Connection->Socket, Echo->Indication);
    ExFreePoolWithTag(Echo, POOL_TAG);
    Dereference(Connection);
  }
}

static NTSTATUS Sent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  IoFreeIrp(Irp);
  FinishEcho(Context);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS WSKAPI OnReceive(PVOID SocketContext, ULONG Flags, PWSK_DATA_INDICATION DataIndication,
                                 SIZE_T BytesIndicated, SIZE_T *BytesAccepted) {
  PCONNECTION Connection = SocketContext;
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Connection->Socket->Dispatch;
  PWSK_DATA_INDICATION Piece, Next;
  PECHO Echo;

  UNREFERENCED_PARAMETER(Flags);
  UNREFERENCED_PARAMETER(BytesIndicated);
  UNREFERENCED_PARAMETER(BytesAccepted);
  if (DataIndication == NULL) {
    EndConnection(Connection, WSK_FLAG_ABORTIVE);
    return STATUS_SUCCESS;
  }
  Echo = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Echo), POOL_TAG);
  if (Echo == NULL) {
    return STATUS_DATA_NOT_ACCEPTED;
  }
  Echo->Connection = Connection;
  Echo->Indication = DataIndication;
  /* One more than there are pieces, until all are on their way: the last completion may come at once. */
  Echo->Unsent = 1;
  InterlockedIncrement(&Connection->References);
  for (Piece = DataIndication; Piece != NULL; Piece = Next) {
    PIRP Irp = IoAllocateIrp(1, FALSE);
    Next = Piece->Next;
    if (Irp == NULL) {
      /* An echo with a hole in it is none. */
      EndConnection(Connection, WSK_FLAG_ABORTIVE);
      break;
    }
    IoSetCompletionRoutine(Irp, Sent, Echo, TRUE, TRUE, TRUE);
    InterlockedIncrement(&Echo->Unsent);
    Dispatch->WskSend(Connection->Socket, &Piece->Buffer, 0, Irp);
  }
  FinishEcho(Echo);
  return STATUS_PENDING;
}

static NTSTATUS WSKAPI OnDisconnect(PVOID SocketContext, ULONG Flags) {
  EndConnection(SocketContext, Flags & WSK_FLAG_ABORTIVE);
  return STATUS_SUCCESS;
}

static const WSK_CLIENT_CONNECTION_DISPATCH ConnectionDispatch = {OnReceive, OnDisconnect, NULL};

static NTSTATUS WSKAPI OnAccept(PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress,
                                PWSK_SOCKET AcceptSocket, PVOID *AcceptSocketContext,
                                const WSK_CLIENT_CONNECTION_DISPATCH **AcceptSocketDispatch) {
  PSOCKADDR_IN From = (PSOCKADDR_IN)RemoteAddress;
  PCONNECTION Connection;
  KIRQL OldIrql;

  UNREFERENCED_PARAMETER(SocketContext);
  UNREFERENCED_PARAMETER(Flags);
  UNREFERENCED_PARAMETER(LocalAddress);
  if (AcceptSocket == NULL) {
    return STATUS_SUCCESS;
  }
  Connection = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Connection), POOL_TAG);
  if (Connection == NULL) {
    return STATUS_REQUEST_NOT_ACCEPTED;
  }
  Connection->EndIrp = IoAllocateIrp(1, FALSE);
  if (Connection->EndIrp == NULL) {
    FreeConnection(Connection);
    return STATUS_REQUEST_NOT_ACCEPTED;
  }
  Connection->Socket = AcceptSocket;
  Connection->Ending = FALSE;
  Connection->References = 1;
  InterlockedIncrement(&Users);
  KeAcquireSpinLock(&ConnectionsLock, &OldIrql);
  InsertTailList(&Connections, &Connection->Entry);
  KeReleaseSpinLock(&ConnectionsLock, OldIrql);
  DbgPrint("connection from %u.%u.%u.%u:%u\n", From->sin_addr.S_un.S_un_b.s_b1, From->sin_addr.S_un.S_un_b.s_b2,
           From->sin_addr.S_un.S_un_b.s_b3, From->sin_addr.S_un.S_un_b.s_b4, RtlUshortByteSwap(From->sin_port));
  *AcceptSocketContext = Connection;
  *AcceptSocketDispatch = &ConnectionDispatch;
  return STATUS_SUCCESS;
}

static const WSK_CLIENT_LISTEN_DISPATCH ListenDispatch = {OnAccept, NULL, NULL};

static NTSTATUS SetEvent(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The IRP of DriverEntry and DriverUnload, which wait for its completion. */
static PIRP WaitIrp;
static KEVENT WaitEvent;

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

static NTSTATUS StartListening(PWSK_PROVIDER_NPI Provider) {
  WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID,
                                       WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT};
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  const WSK_PROVIDER_LISTEN_DISPATCH *Dispatch;
  NTSTATUS Status;

  Provider->Dispatch->WskSocket(Provider->Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET, NULL,
                                &ListenDispatch, NULL, NULL, NULL, Prepare());
  Status = Finish();
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  ListeningSocket = (PWSK_SOCKET)WaitIrp->IoStatus.Information;
  Dispatch = ListeningSocket->Dispatch;
  Local.sin_port = RtlUshortByteSwap(ECHO_PORT);
  Dispatch->WskBind(ListeningSocket, (PSOCKADDR)&Local, 0, Prepare());
  Status = Finish();
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  return Dispatch->WskControlSocket(ListeningSocket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, sizeof(Events),
                                    &Events, 0, NULL, NULL, NULL);
}

static VOID CloseListeningSocket(VOID) {
  if (ListeningSocket != NULL) {
    ((PWSK_PROVIDER_BASIC_DISPATCH)ListeningSocket->Dispatch)->WskCloseSocket(ListeningSocket, Prepare());
    Finish();
    ListeningSocket = NULL;
  }
}

static VOID EndAllConnections(VOID) {
  for (;;) {
    PCONNECTION Connection = NULL;
    KIRQL OldIrql;

    KeAcquireSpinLock(&ConnectionsLock, &OldIrql);
    if (!IsListEmpty(&Connections)) {
      Connection = CONTAINING_RECORD(Connections.Flink, CONNECTION, Entry);
    }
    KeReleaseSpinLock(&ConnectionsLock, OldIrql);
    if (Connection == NULL) {
      break;
    }
    EndConnection(Connection, WSK_FLAG_ABORTIVE);
  }
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  CloseListeningSocket();
  EndAllConnections();
  Release();
  KeWaitForSingleObject(&NoUsers, Executive, KernelMode, FALSE, NULL);
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
  InitializeListHead(&Connections);
  KeInitializeSpinLock(&ConnectionsLock);
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
      Status = StartListening(&Provider);
      if (!NT_SUCCESS(Status)) {
        CloseListeningSocket();
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
