/*
 * Asks the UDP echo server at 10.0.0.2, port 7, and waits for the answer. Datagrams may be lost: each try waits 300 ms
 * for its answer, takes its WskReceiveFrom back (IoCancelIrp) when none has come, and five tries are made. Everything
 * that WSK writes to lies on the stack of a function that waits for it.
 */
#include <ntddk.h>
#include <wsk.h>

#define POOL_TAG 'gniP'
#define TRIES 5
/* In units of 100 ns. */
#define PATIENCE (300 * 10000LL)

/* What goes to the server, and comes back. */
typedef struct _PING {
  ULONG Number;
  UCHAR Filler[28];
} PING, *PPING;

/* A call and its IRP. */
typedef struct _CALL {
  PIRP Irp;
  KEVENT Completed;
} CALL, *PCALL;

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
/* Sending and everything else, and receiving, which waits meanwhile. */
static CALL Send, Receive;
/* Two PINGs in nonpaged pool, with an MDL each. */
static PPING Pings;
static WSK_BUF Sent, Received;

static NTSTATUS OnCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent(&((PCALL)Context)->Completed, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Prepare(PCALL Call) {
  IoReuseIrp(Call->Irp, STATUS_UNSUCCESSFUL);
  KeInitializeEvent(&Call->Completed, NotificationEvent, FALSE);
  IoSetCompletionRoutine(Call->Irp, OnCompleted, Call, TRUE, TRUE, TRUE);
  return Call->Irp;
}

/* Waits for a call; one that takes longer is cancelled, and waited for all the same. Timeout is NULL for ever. */
static NTSTATUS Finish(PCALL Call, PLARGE_INTEGER Timeout) {
  if (KeWaitForSingleObject(&Call->Completed, Executive, KernelMode, FALSE, Timeout) == STATUS_TIMEOUT) {
    IoCancelIrp(Call->Irp);
    KeWaitForSingleObject(&Call->Completed, Executive, KernelMode, FALSE, NULL);
  }
  return Call->Irp->IoStatus.Status;
}

/* Waits for the answer to this try; those to tries before it may still come. */
static NTSTATUS WaitForAnswer(PWSK_SOCKET Socket, ULONG Number, PSOCKADDR_IN From) {
  const WSK_PROVIDER_DATAGRAM_DISPATCH *Dispatch = Socket->Dispatch;
  LARGE_INTEGER Deadline;
  ULONG Flags;
  NTSTATUS Status;

  /* Positive, and so a point in time: it stays where it is when an answer to another try comes. */
  KeQuerySystemTime(&Deadline);
  Deadline.QuadPart += PATIENCE;
  for (;;) {
    Dispatch->WskReceiveFrom(Socket, &Received, 0, (PSOCKADDR)From, NULL, NULL, &Flags, Prepare(&Receive));
    Status = Finish(&Receive, &Deadline);
    if (!NT_SUCCESS(Status)) {
      return Status;
    }
    if (Receive.Irp->IoStatus.Information == sizeof(PING) && (Flags & MSG_TRUNC) == 0 && Pings[1].Number == Number) {
      return STATUS_SUCCESS;
    }
  }
}

static NTSTATUS Ping(PWSK_SOCKET Socket) {
  const WSK_PROVIDER_DATAGRAM_DISPATCH *Dispatch = Socket->Dispatch;
  SOCKADDR_IN Server = {.sin_family = AF_INET}, From;
  NTSTATUS Status = STATUS_SUCCESS;
  ULONG Number;

  Server.sin_port = RtlUshortByteSwap(7);
  Server.sin_addr.s_addr = RtlUlongByteSwap(0x0a000002);
  for (Number = 1; Number <= TRIES; Number++) {
    Pings[0].Number = Number;
    Dispatch->WskSendTo(Socket, &Sent, 0, (PSOCKADDR)&Server, 0, NULL, Prepare(&Send));
    Status = Finish(&Send, NULL);
    if (!NT_SUCCESS(Status)) {
      return Status;
    }
    Status = WaitForAnswer(Socket, Number, &From);
    if (NT_SUCCESS(Status)) {
      DbgPrint("answer from port %u to try %u\n", RtlUshortByteSwap(From.sin_port), Number);
      return Status;
    }
    if (Status != STATUS_CANCELLED) {
      return Status;
    }
  }
  DbgPrint("no answer to %u tries\n", TRIES);
  return STATUS_SUCCESS;
}

static NTSTATUS PingFromNewSocket(PWSK_PROVIDER_NPI Provider) {
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  const WSK_PROVIDER_DATAGRAM_DISPATCH *Dispatch;
  PWSK_SOCKET Socket;
  NTSTATUS Status;

  Provider->Dispatch->WskSocket(Provider->Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL,
                                NULL, NULL, NULL, NULL, Prepare(&Send));
  Status = Finish(&Send, NULL);
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Socket = (PWSK_SOCKET)Send.Irp->IoStatus.Information;
  Dispatch = Socket->Dispatch;
  Dispatch->WskBind(Socket, (PSOCKADDR)&Local, 0, Prepare(&Send));
  Status = Finish(&Send, NULL);
  if (NT_SUCCESS(Status)) {
    Status = Ping(Socket);
  }
  Dispatch->WskCloseSocket(Socket, Prepare(&Send));
  Finish(&Send, NULL);
  return Status;
}

static BOOLEAN Describe(PWSK_BUF Buffer, PPING Of) {
  Buffer->Offset = 0;
  Buffer->Length = sizeof(*Of);
  Buffer->Mdl = IoAllocateMdl(Of, sizeof(*Of), FALSE, FALSE, NULL);
  if (Buffer->Mdl == NULL) {
    return FALSE;
  }
  MmBuildMdlForNonPagedPool(Buffer->Mdl);
  return TRUE;
}

static VOID FreeAll(VOID) {
  if (Sent.Mdl != NULL) {
    IoFreeMdl(Sent.Mdl);
  }
  if (Received.Mdl != NULL) {
    IoFreeMdl(Received.Mdl);
  }
  if (Pings != NULL) {
    ExFreePoolWithTag(Pings, POOL_TAG);
  }
  if (Send.Irp != NULL) {
    IoFreeIrp(Send.Irp);
  }
  if (Receive.Irp != NULL) {
    IoFreeIrp(Receive.Irp);
  }
}

static BOOLEAN AllocateAll(VOID) {
  Send.Irp = IoAllocateIrp(1, FALSE);
  Receive.Irp = IoAllocateIrp(1, FALSE);
  Pings = ExAllocatePool2(POOL_FLAG_NON_PAGED, 2 * sizeof(PING), POOL_TAG);
  return Send.Irp != NULL && Receive.Irp != NULL && Pings != NULL && Describe(&Sent, &Pings[0]) &&
         Describe(&Received, &Pings[1]);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  DbgPrint("unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
  WSK_PROVIDER_NPI Provider;
  NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (AllocateAll()) {
    Status = WskRegister(&Client, &Registration);
    if (NT_SUCCESS(Status)) {
      Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
      if (NT_SUCCESS(Status)) {
        Status = PingFromNewSocket(&Provider);
        WskReleaseProviderNPI(&Registration);
      }
      WskDeregister(&Registration);
    }
  }
  FreeAll();
  return Status;
}
