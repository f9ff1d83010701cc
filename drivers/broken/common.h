/*
 * What the drivers of this folder share: a registration with WSK, and calls that are waited for. Each driver has one
 * bug of its own, at the line that is marked with BUG.
 */
#pragma once
#include <ntddk.h>
#include <wsk.h>

#define TAG 'gurB'

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;

typedef struct _CALL {
  PIRP Irp;
  KEVENT Event;
} CALL, *PCALL;

static inline NTSTATUS CallDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static inline NTSTATUS NewCall(PCALL Call) {
  Call->Irp = IoAllocateIrp(1, FALSE);
  KeInitializeEvent(&Call->Event, SynchronizationEvent, FALSE);
  return Call->Irp == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

/* Makes the IRP ready for its next use. */
static inline PIRP Ready(PCALL Call) {
  IoReuseIrp(Call->Irp, STATUS_UNSUCCESSFUL);
  IoSetCompletionRoutine(Call->Irp, CallDone, &Call->Event, TRUE, TRUE, TRUE);
  return Call->Irp;
}

static inline NTSTATUS Finish(PCALL Call) {
  KeWaitForSingleObject(&Call->Event, Executive, KernelMode, FALSE, NULL);
  return Call->Irp->IoStatus.Status;
}

static inline NTSTATUS Attach(VOID) {
  WSK_CLIENT_NPI Npi = {NULL, &ClientDispatch};
  NTSTATUS Status = WskRegister(&Npi, &Registration);

  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
  if (!NT_SUCCESS(Status)) {
    WskDeregister(&Registration);
  }
  return Status;
}

static inline VOID Detach(VOID) {
  WskReleaseProviderNPI(&Registration);
  WskDeregister(&Registration);
}

static inline VOID PeerAddress(PSOCKADDR_IN Address) {
  RtlZeroMemory(Address, sizeof(*Address));
  Address->sin_family = AF_INET;
  Address->sin_port = RtlUshortByteSwap(7);
  Address->sin_addr.s_addr = RtlUlongByteSwap(0x0a000002);
}

#define CONNECTION(Socket) ((const WSK_PROVIDER_CONNECTION_DISPATCH *)(Socket)->Dispatch)

/* A connection socket, bound. */
static inline PWSK_SOCKET OpenSocket(PCALL Call) {
  SOCKADDR_IN Local;
  PWSK_SOCKET Socket;

  Provider.Dispatch->WskSocket(Provider.Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET, NULL,
                               NULL, NULL, NULL, NULL, Ready(Call));
  if (!NT_SUCCESS(Finish(Call))) {
    return NULL;
  }
  Socket = (PWSK_SOCKET)Call->Irp->IoStatus.Information;
  RtlZeroMemory(&Local, sizeof(Local));
  Local.sin_family = AF_INET;
  CONNECTION(Socket)->WskBind(Socket, (PSOCKADDR)&Local, 0, Ready(Call));
  Finish(Call);
  return Socket;
}

/* The same, connected to the echo server at 10.0.0.2. */
static inline PWSK_SOCKET ConnectSocket(PCALL Call) {
  SOCKADDR_IN Remote;
  PWSK_SOCKET Socket = OpenSocket(Call);

  if (Socket != NULL) {
    PeerAddress(&Remote);
    CONNECTION(Socket)->WskConnect(Socket, (PSOCKADDR)&Remote, 0, Ready(Call));
    Finish(Call);
  }
  return Socket;
}

static inline VOID CloseSocket(PCALL Call, PWSK_SOCKET Socket) {
  CONNECTION(Socket)->WskCloseSocket(Socket, Ready(Call));
  Finish(Call);
}

static inline PVOID NonPaged(SIZE_T Size) {
  return ExAllocatePool2(POOL_FLAG_NON_PAGED, Size, TAG);
}

/* A WSK_BUF of nonpaged pool. */
static inline VOID Describe(PWSK_BUF Buffer, PVOID Memory, ULONG Length) {
  Buffer->Mdl = IoAllocateMdl(Memory, Length, FALSE, FALSE, NULL);
  Buffer->Offset = 0;
  Buffer->Length = Length;
  MmBuildMdlForNonPagedPool(Buffer->Mdl);
}

static inline LARGE_INTEGER Milliseconds(LONG Count) {
  LARGE_INTEGER Time;
  Time.QuadPart = -10000LL * Count;
  return Time;
}
