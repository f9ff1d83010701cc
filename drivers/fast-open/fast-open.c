/*
 * The Fast Open sample: two connections to an echo server at 10.0.0.2:7, 100 bytes each, with TCP_FASTOPEN set and
 * WskConnectEx. The first connection fetches the server's cookie; the second one's bytes ride in its SYN.
 */
#include <ntddk.h>
#include <wsk.h>

#define POOL_TAG 'nepO'
#define REQUEST_LENGTH 100

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;

/* One IRP and the event that its completion sets, used for one call after the other. */
typedef struct _SYNC_CALL {
  PIRP Irp;
  KEVENT Event;
} SYNC_CALL, *PSYNC_CALL;

static IO_COMPLETION_ROUTINE SyncIrpCompletionRoutine;

static NTSTATUS SyncIrpCompletionRoutine(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  if (Irp->PendingReturned) {
    KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  }
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP PrepareIrp(PSYNC_CALL Call) {
  IoReuseIrp(Call->Irp, STATUS_UNSUCCESSFUL);
  IoSetCompletionRoutine(Call->Irp, SyncIrpCompletionRoutine, &Call->Event, TRUE, TRUE, TRUE);
  return Call->Irp;
}

static NTSTATUS Complete(PSYNC_CALL Call, NTSTATUS Status) {
  if (Status == STATUS_PENDING) {
    KeWaitForSingleObject(&Call->Event, Executive, KernelMode, FALSE, NULL);
  }
  return Call->Irp->IoStatus.Status;
}

/* Describes Length bytes of nonpaged pool. */
static NTSTATUS AllocateBuffer(PWSK_BUF Buffer, SIZE_T Length) {
  PVOID Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, POOL_TAG);
  if (Memory == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  Buffer->Offset = 0;
  Buffer->Length = Length;
  Buffer->Mdl = IoAllocateMdl(Memory, (ULONG)Length, FALSE, FALSE, NULL);
  if (Buffer->Mdl == NULL) {
    ExFreePoolWithTag(Memory, POOL_TAG);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  MmBuildMdlForNonPagedPool(Buffer->Mdl);
  return STATUS_SUCCESS;
}

static VOID FreeBuffer(PWSK_BUF Buffer) {
  PVOID Memory = MmGetMdlVirtualAddress(Buffer->Mdl);
  IoFreeMdl(Buffer->Mdl);
  ExFreePoolWithTag(Memory, POOL_TAG);
}

/* Connects, sends Request in the same call, and receives the first bytes of the answer. */
static NTSTATUS ConnectAndAsk(PSYNC_CALL Call, PWSK_SOCKET Socket, PWSK_BUF Request, PWSK_BUF Answer,
                              const char *Name, LARGE_INTEGER Started) {
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Socket->Dispatch;
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  SOCKADDR_IN Remote = {.sin_family = AF_INET};
  ULONG One = 1;
  LARGE_INTEGER Now, Frequency;
  NTSTATUS Status;

  Remote.sin_port = RtlUshortByteSwap(7);
  Remote.sin_addr.S_un.S_addr = RtlUlongByteSwap(0x0a000002);

  Status = Complete(Call, Dispatch->WskBind(Socket, (PSOCKADDR)&Local, 0, PrepareIrp(Call)));
  if (NT_SUCCESS(Status)) {
    Status = Complete(Call, Dispatch->WskControlSocket(Socket, WskSetOption, TCP_FASTOPEN, IPPROTO_TCP, sizeof(One),
                                                       &One, 0, NULL, NULL, PrepareIrp(Call)));
  }
  if (NT_SUCCESS(Status)) {
    Status = Complete(Call, Dispatch->WskConnectEx(Socket, (PSOCKADDR)&Remote, Request, 0, PrepareIrp(Call)));
  }
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Status = Complete(Call, Dispatch->WskReceive(Socket, Answer, 0, PrepareIrp(Call)));
  if (NT_SUCCESS(Status)) {
    Now = KeQueryPerformanceCounter(&Frequency);
    DbgPrint("%s connection: first byte after %I64d ms\n", Name,
             (Now.QuadPart - Started.QuadPart) * 1000 / Frequency.QuadPart);
    if (Call->Irp->IoStatus.Information != Request->Length) {
      Status = STATUS_UNSUCCESSFUL;
    }
  }
  Complete(Call, Dispatch->WskDisconnect(Socket, NULL, 0, PrepareIrp(Call)));
  return Status;
}

static NTSTATUS FetchOnce(PSYNC_CALL Call, PWSK_PROVIDER_NPI Provider, const char *Name) {
  WSK_BUF Request, Answer;
  PWSK_SOCKET Socket;
  LARGE_INTEGER Started = KeQueryPerformanceCounter(NULL);
  NTSTATUS Status;

  Status = Complete(Call, Provider->Dispatch->WskSocket(Provider->Client, AF_INET, SOCK_STREAM, IPPROTO_TCP,
                                                        WSK_FLAG_CONNECTION_SOCKET, NULL, NULL, NULL, NULL, NULL,
                                                        PrepareIrp(Call)));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Socket = (PWSK_SOCKET)Call->Irp->IoStatus.Information;

  Status = AllocateBuffer(&Request, REQUEST_LENGTH);
  if (NT_SUCCESS(Status)) {
    RtlFillMemory(MmGetMdlVirtualAddress(Request.Mdl), REQUEST_LENGTH, 'x');
    Status = AllocateBuffer(&Answer, 65536);
    if (NT_SUCCESS(Status)) {
      Status = ConnectAndAsk(Call, Socket, &Request, &Answer, Name, Started);
      FreeBuffer(&Answer);
    }
    FreeBuffer(&Request);
  }
  Complete(Call, ((PWSK_PROVIDER_BASIC_DISPATCH)Socket->Dispatch)->WskCloseSocket(Socket, PrepareIrp(Call)));
  return Status;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  WskDeregister(&Registration);
  DbgPrint("unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  WSK_CLIENT_NPI Client = {NULL, &ClientDispatch};
  WSK_PROVIDER_NPI Provider;
  SYNC_CALL Call;
  NTSTATUS Status;

  UNREFERENCED_PARAMETER(RegistryPath);
  Call.Irp = IoAllocateIrp(1, FALSE);
  if (Call.Irp == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  KeInitializeEvent(&Call.Event, SynchronizationEvent, FALSE);

  Status = WskRegister(&Client, &Registration);
  if (NT_SUCCESS(Status)) {
    Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
    if (NT_SUCCESS(Status)) {
      Status = FetchOnce(&Call, &Provider, "first");
      if (NT_SUCCESS(Status)) {
        Status = FetchOnce(&Call, &Provider, "second");
      }
      WskReleaseProviderNPI(&Registration);
    }
    if (!NT_SUCCESS(Status)) {
      WskDeregister(&Registration);
    }
  }
  IoFreeIrp(Call.Irp);
  DriverObject->DriverUnload = DriverUnload;
  return Status;
}
