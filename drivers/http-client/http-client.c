/*
 * An HTTP client: resolves a name with WskGetAddressInfo, makes a connected socket with WskSocketConnect, sends a
 * request and prints the answer until the server ends the connection.
 */
#include <ntddk.h>
#include <wsk.h>

#define POOL_TAG 'pttH'
#define CHUNK 4096

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static const char Request[] = "GET / HTTP/1.0\r\nHost: peer\r\nConnection: close\r\n\r\n";

typedef struct _SYNC_CALL {
  PIRP Irp;
  KEVENT Event;
} SYNC_CALL, *PSYNC_CALL;

static NTSTATUS Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Prepare(PSYNC_CALL Call) {
  IoReuseIrp(Call->Irp, STATUS_UNSUCCESSFUL);
  KeClearEvent(&Call->Event);
  IoSetCompletionRoutine(Call->Irp, Done, &Call->Event, TRUE, TRUE, TRUE);
  return Call->Irp;
}

static NTSTATUS Finish(PSYNC_CALL Call) {
  KeWaitForSingleObject(&Call->Event, Executive, KernelMode, FALSE, NULL);
  return Call->Irp->IoStatus.Status;
}

/* Sends Length bytes of nonpaged memory, or receives up to Length into them. */
static NTSTATUS Transfer(PSYNC_CALL Call, PWSK_SOCKET Socket, PVOID Memory, ULONG Length, BOOLEAN Send) {
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch = Socket->Dispatch;
  WSK_BUF Buffer;
  NTSTATUS Status;

  Buffer.Mdl = IoAllocateMdl(Memory, Length, FALSE, FALSE, NULL);
  if (Buffer.Mdl == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  Buffer.Offset = 0;
  Buffer.Length = Length;
  MmBuildMdlForNonPagedPool(Buffer.Mdl);
  if (Send) {
    Dispatch->WskSend(Socket, &Buffer, 0, Prepare(Call));
  } else {
    Dispatch->WskReceive(Socket, &Buffer, 0, Prepare(Call));
  }
  Status = Finish(Call);
  IoFreeMdl(Buffer.Mdl);
  return Status;
}

static NTSTATUS PrintAnswer(PSYNC_CALL Call, PWSK_SOCKET Socket) {
  PCHAR Chunk = ExAllocatePool2(POOL_FLAG_NON_PAGED, CHUNK, POOL_TAG);
  ULONG Total = 0;
  NTSTATUS Status;

  if (Chunk == NULL) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  for (;;) {
    ULONG Received;
    Status = Transfer(Call, Socket, Chunk, CHUNK - 1, FALSE);
    if (!NT_SUCCESS(Status)) {
      break;
    }
    Received = (ULONG)Call->Irp->IoStatus.Information;
    if (Received == 0) {
      DbgPrint("the server has ended the connection after %lu bytes\n", Total);
      break;
    }
    Chunk[Received] = '\0';
    if (Total == 0) {
      DbgPrint("%s\n", Chunk);
    }
    Total += Received;
  }
  ExFreePoolWithTag(Chunk, POOL_TAG);
  return Status;
}

static NTSTATUS Fetch(PSYNC_CALL Call, PWSK_PROVIDER_NPI Provider, PSOCKADDR Server) {
  SOCKADDR_IN Local = {.sin_family = AF_INET};
  const WSK_PROVIDER_CONNECTION_DISPATCH *Dispatch;
  PWSK_SOCKET Socket;
  PVOID Text;
  NTSTATUS Status;

  Provider->Dispatch->WskSocketConnect(Provider->Client, SOCK_STREAM, IPPROTO_TCP, (PSOCKADDR)&Local, Server, 0, NULL,
                                       NULL, NULL, NULL, NULL, Prepare(Call));
  Status = Finish(Call);
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Socket = (PWSK_SOCKET)Call->Irp->IoStatus.Information;
  Dispatch = Socket->Dispatch;
  Text = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(Request) - 1, POOL_TAG);
  if (Text == NULL) {
    Status = STATUS_INSUFFICIENT_RESOURCES;
  } else {
    RtlCopyMemory(Text, Request, sizeof(Request) - 1);
    Status = Transfer(Call, Socket, Text, sizeof(Request) - 1, TRUE);
    ExFreePoolWithTag(Text, POOL_TAG);
  }
  if (NT_SUCCESS(Status)) {
    Status = PrintAnswer(Call, Socket);
  }
  Dispatch->WskDisconnect(Socket, NULL, 0, Prepare(Call));
  Finish(Call);
  Dispatch->WskCloseSocket(Socket, Prepare(Call));
  Finish(Call);
  return Status;
}

static NTSTATUS ResolveAndFetch(PSYNC_CALL Call, PWSK_PROVIDER_NPI Provider) {
  UNICODE_STRING Node = RTL_CONSTANT_STRING(L"peer");
  UNICODE_STRING Service = RTL_CONSTANT_STRING(L"80");
  ADDRINFOEXW Hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
  PADDRINFOEXW Found = NULL;
  NTSTATUS Status;

  Provider->Dispatch->WskGetAddressInfo(Provider->Client, &Node, &Service, NS_ALL, NULL, &Hints, &Found, NULL, NULL,
                                        Prepare(Call));
  Status = Finish(Call);
  if (!NT_SUCCESS(Status)) {
    DbgPrint("%wZ cannot be resolved: 0x%08lx\n", &Node, Status);
    return Status;
  }
  Status = Fetch(Call, Provider, Found->ai_addr);
  Provider->Dispatch->WskFreeAddressInfo(Provider->Client, Found);
  return Status;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  WskDeregister(&Registration);
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
  KeInitializeEvent(&Call.Event, NotificationEvent, FALSE);
  Status = WskRegister(&Client, &Registration);
  if (NT_SUCCESS(Status)) {
    Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
    if (NT_SUCCESS(Status)) {
      Status = ResolveAndFetch(&Call, &Provider);
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
