/* Datagram sockets against the echo peer at 10.0.0.2 and fd00::2, port 7. */
#include "check.h"
#include <wsk.h>

#define TAG 'tseT'
#define ROOM 64

/* The host's: the system gives this socket up. */
VOID GiveUp(PWSK_SOCKET Socket);

typedef struct _CALL {
  PIRP Irp;
  KEVENT Completed;
} CALL, *PCALL;

static const WSK_CLIENT_DISPATCH ClientDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Provider;
static CALL Call, Receive;
static PUCHAR Out, In;
static WSK_BUF OutBuffer, InBuffer;
/* Where WskReceiveFrom writes. */
static SOCKADDR_INET From;
static ULONG ControlLength, ControlFlags;
static union {
  CMSGHDR Header;
  UCHAR Bytes[ROOM];
} Control;

#define DATAGRAM(Socket) ((const WSK_PROVIDER_DATAGRAM_DISPATCH *)(Socket)->Dispatch)

static NTSTATUS OnCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(DeviceObject);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent(&((PCALL)Context)->Completed, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP Ready(PCALL To) {
  IoReuseIrp(To->Irp, STATUS_UNSUCCESSFUL);
  KeInitializeEvent(&To->Completed, NotificationEvent, FALSE);
  IoSetCompletionRoutine(To->Irp, OnCompleted, To, TRUE, TRUE, TRUE);
  return To->Irp;
}

static NTSTATUS Finish(PCALL To) {
  KeWaitForSingleObject(&To->Completed, Executive, KernelMode, FALSE, NULL);
  return To->Irp->IoStatus.Status;
}

static VOID Describe(PWSK_BUF Buffer, PVOID Memory) {
  Buffer->Mdl = IoAllocateMdl(Memory, ROOM, FALSE, FALSE, NULL);
  Buffer->Offset = 0;
  Buffer->Length = ROOM;
  MmBuildMdlForNonPagedPool(Buffer->Mdl);
}

static SOCKADDR_INET Address(ADDRESS_FAMILY Family, BOOLEAN IsPeer) {
  SOCKADDR_INET Of;
  RtlZeroMemory(&Of, sizeof(Of));
  Of.si_family = Family;
  if (!IsPeer) {
    return Of;
  }
  Of.Ipv4.sin_port = RtlUshortByteSwap(7);
  if (Family == AF_INET) {
    Of.Ipv4.sin_addr.s_addr = RtlUlongByteSwap(0x0a000002);
  } else {
    Of.Ipv6.sin6_addr.u.Byte[0] = 0xfd;
    Of.Ipv6.sin6_addr.u.Byte[15] = 2;
  }
  return Of;
}

static PWSK_SOCKET Open(ADDRESS_FAMILY Family, PVOID Context, const WSK_CLIENT_DATAGRAM_DISPATCH *Dispatch) {
  SOCKADDR_INET Local = Address(Family, FALSE);
  PWSK_SOCKET Socket;
  Provider.Dispatch->WskSocket(Provider.Client, Family, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, Context,
                               Dispatch, NULL, NULL, NULL, Ready(&Call));
  Finish(&Call);
  Socket = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  DATAGRAM(Socket)->WskBind(Socket, (PSOCKADDR)&Local, 0, Ready(&Call));
  Finish(&Call);
  return Socket;
}

static VOID Close(PWSK_SOCKET Socket) {
  DATAGRAM(Socket)->WskCloseSocket(Socket, Ready(&Call));
  Finish(&Call);
}

static NTSTATUS ControlSocket(PWSK_SOCKET Socket, WSK_CONTROL_SOCKET_TYPE Type, ULONG Code, ULONG Level, PVOID Input,
                         SIZE_T Size) {
  DATAGRAM(Socket)->WskControlSocket(Socket, Type, Code, Level, Size, Input, 0, NULL, NULL, Ready(&Call));
  return Finish(&Call);
}

static NTSTATUS SetOption(PWSK_SOCKET Socket, ULONG Level, ULONG Option, ULONG Value) {
  return ControlSocket(Socket, WskSetOption, Option, Level, &Value, sizeof(Value));
}

/* Sends the first Length bytes of Out. */
static NTSTATUS Send(PWSK_SOCKET Socket, PSOCKADDR To, SIZE_T Length) {
  OutBuffer.Length = Length;
  DATAGRAM(Socket)->WskSendTo(Socket, &OutBuffer, 0, To, 0, NULL, Ready(&Call));
  return Finish(&Call);
}

static VOID StartReceive(PWSK_SOCKET Socket, ULONG Room, ULONG ControlRoom) {
  RtlFillMemory(&From, sizeof(From), 0xee);
  RtlFillMemory(&Control, sizeof(Control), 0xee);
  RtlFillMemory(In, ROOM, 0xee);
  ControlLength = ControlRoom;
  ControlFlags = 0xeeeeeeee;
  InBuffer.Length = Room;
  DATAGRAM(Socket)->WskReceiveFrom(Socket, &InBuffer, 0, (PSOCKADDR)&From, &ControlLength, &Control.Header,
                                   &ControlFlags, Ready(&Receive));
}

/* Sends Length bytes to the peer and receives its answer. */
static NTSTATUS Echo(PWSK_SOCKET Socket, ADDRESS_FAMILY Family, SIZE_T Length, ULONG Room, ULONG ControlRoom) {
  SOCKADDR_INET Peer = Address(Family, TRUE);
  StartReceive(Socket, Room, ControlRoom);
  Send(Socket, (PSOCKADDR)&Peer, Length);
  return Finish(&Receive);
}

static VOID Echoes(PWSK_SOCKET Socket) {
  SOCKADDR_INET Peer = Address(AF_INET, TRUE);
  CHECK(Echo(Socket, AF_INET, 5, ROOM, ROOM) == STATUS_SUCCESS && Receive.Irp->IoStatus.Information == 5);
  CHECK(RtlEqualMemory(In, Out, 5) && In[5] == 0xee);
  CHECK(RtlEqualMemory(&From.Ipv4, &Peer.Ipv4, sizeof(SOCKADDR_IN)) && ((PUCHAR)&From)[sizeof(SOCKADDR_IN)] == 0xee);
  CHECK(ControlFlags == 0 && ControlLength == 0 && Control.Bytes[0] == 0xee);
  CHECK(Echo(Socket, AF_INET, 9, 4, ROOM) == STATUS_SUCCESS && Receive.Irp->IoStatus.Information == 4 && In[4] == 0xee);
  CHECK(ControlFlags == MSG_TRUNC);
  CHECK(Echo(Socket, AF_INET, 0, ROOM, 0) == STATUS_SUCCESS && Receive.Irp->IoStatus.Information == 0 && In[0] == 0xee);
}

static VOID ControlInformation(PWSK_SOCKET Socket) {
  WSAMSG Message = {0};
  IN_PKTINFO Info;
  Message.Control.buf = (CHAR *)Control.Bytes;
  CHECK(SetOption(Socket, IPPROTO_IP, IP_PKTINFO, 1) == STATUS_SUCCESS);
  CHECK(Echo(Socket, AF_INET, 5, ROOM, ROOM) == STATUS_SUCCESS && ControlFlags == 0);
  CHECK(ControlLength == WSA_CMSG_SPACE(sizeof(IN_PKTINFO)) && Control.Bytes[ControlLength] == 0xee);
  CHECK(Control.Header.cmsg_len == WSA_CMSG_LEN(sizeof(IN_PKTINFO)));
  CHECK(Control.Header.cmsg_level == IPPROTO_IP && Control.Header.cmsg_type == IP_PKTINFO);
  RtlCopyMemory(&Info, WSA_CMSG_DATA(&Control.Header), sizeof(Info));
  CHECK(Info.ipi_addr.s_addr == RtlUlongByteSwap(0x0a000001) && Info.ipi_ifindex != 0);
  Message.Control.len = ControlLength;
  CHECK(WSA_CMSG_FIRSTHDR(&Message) == &Control.Header && WSA_CMSG_NXTHDR(&Message, &Control.Header) == NULL);
  CHECK(Echo(Socket, AF_INET, 5, ROOM, 19) == STATUS_SUCCESS && ControlFlags == MSG_CTRUNC && ControlLength == 0);
  CHECK(Control.Bytes[0] == 0xee);
}

static VOID Refusals(PWSK_SOCKET Socket) {
  SOCKADDR_INET Peer = Address(AF_INET, TRUE), Six = Address(AF_INET6, TRUE);
  const WSK_PROVIDER_DATAGRAM_DISPATCH *Dispatch = DATAGRAM(Socket);
  PWSK_BUF Buffer = &OutBuffer;
  CHECK(Send(Socket, NULL, 5) == STATUS_INVALID_PARAMETER);
  CHECK(Send(Socket, (PSOCKADDR)&Six, 5) == STATUS_INVALID_PARAMETER);
  CHECK(Dispatch->WskSendTo(Socket, Buffer, 0, (PSOCKADDR)&Peer, 12, &Control.Header, Ready(&Call)) == STATUS_NOT_SUPPORTED);
  CHECK(Dispatch->WskReceiveFrom(Socket, Buffer, 1, NULL, NULL, NULL, NULL, Ready(&Call)) == STATUS_INVALID_PARAMETER);
  CHECK(Dispatch->WskRelease(Socket, (PWSK_DATAGRAM_INDICATION)Out) == STATUS_INVALID_PARAMETER);
  StartReceive(Socket, ROOM, 0);
  IoCancelIrp(Receive.Irp);
  CHECK(Finish(&Receive) == STATUS_CANCELLED && ControlFlags == 0xeeeeeeee && From.si_family == 0xeeee);
}

/* A call without an IRP goes on using nothing: its buffer may be freed while the next call pends. */
static VOID WithoutIrp(PWSK_SOCKET Socket) {
  SOCKADDR_INET Peer = Address(AF_INET, TRUE);
  PVOID Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, ROOM, TAG);
  ULONG Room = 65536;
  WSK_BUF Buffer;
  Describe(&Buffer, Memory);
  CHECK(DATAGRAM(Socket)->WskSendTo(Socket, &Buffer, 0, (PSOCKADDR)&Peer, 0, NULL, NULL) == STATUS_INVALID_PARAMETER);
  DATAGRAM(Socket)->WskControlSocket(Socket, WskSetOption, SO_RCVBUF, SOL_SOCKET, sizeof(Room), &Room, 0, NULL, NULL,
                                     Ready(&Call));
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  CHECK(Finish(&Call) == STATUS_SUCCESS);
}

static VOID FixedAddresses(PWSK_SOCKET Socket) {
  SOCKADDR_INET Peer = Address(AF_INET, TRUE);
  SIZE_T Size = sizeof(SOCKADDR_IN);
  CHECK(ControlSocket(Socket, WskIoctl, SIO_WSK_SET_SENDTO_ADDRESS, 0, &Peer, Size) == STATUS_SUCCESS);
  StartReceive(Socket, ROOM, 0);
  CHECK(Send(Socket, NULL, 6) == STATUS_SUCCESS && Call.Irp->IoStatus.Information == 6);
  CHECK(Finish(&Receive) == STATUS_SUCCESS && Receive.Irp->IoStatus.Information == 6);
  CHECK(ControlSocket(Socket, WskIoctl, SIO_WSK_SET_SENDTO_ADDRESS, 0, NULL, 0) == STATUS_SUCCESS);
  CHECK(ControlSocket(Socket, WskIoctl, SIO_WSK_SET_REMOTE_ADDRESS, 0, &Peer, Size) == STATUS_SUCCESS);
  StartReceive(Socket, ROOM, 0);
  Send(Socket, NULL, 7);
  CHECK(Finish(&Receive) == STATUS_SUCCESS && Receive.Irp->IoStatus.Information == 7);
  ControlSocket(Socket, WskIoctl, SIO_WSK_SET_REMOTE_ADDRESS, 0, NULL, 0);
}

static VOID Addresses(PWSK_SOCKET Socket, PWSK_SOCKET Six) {
  union {
    SOCKET_ADDRESS_LIST List;
    UCHAR Bytes[128];
  } Found;
  SOCKADDR_IN6 Expected = Address(AF_INET6, TRUE).Ipv6;
  SOCKADDR_IN Local;
  PSOCKET_ADDRESS First = &Found.List.Address[0];
  SIZE_T Needed = 0;
  const WSK_PROVIDER_DATAGRAM_DISPATCH *Dispatch = DATAGRAM(Socket);
  Dispatch->WskGetLocalAddress(Socket, (PSOCKADDR)&Local, Ready(&Call));
  CHECK(Finish(&Call) == STATUS_SUCCESS && Local.sin_family == AF_INET && Local.sin_port != 0);
  CHECK(Dispatch->WskControlSocket(Socket, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, 0, NULL, &Needed, NULL) ==
        STATUS_BUFFER_OVERFLOW);
  CHECK(Needed == SIZEOF_SOCKET_ADDRESS_LIST(1) + sizeof(SOCKADDR_IN));
  RtlFillMemory(&Found, sizeof(Found), 0xee);
  CHECK(Dispatch->WskControlSocket(Socket, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, Needed, &Found, &Needed,
                                   NULL) == STATUS_SUCCESS);
  CHECK(Found.List.iAddressCount == 1 && First->iSockaddrLength == sizeof(SOCKADDR_IN) && Found.Bytes[Needed] == 0xee);
  CHECK(((PSOCKADDR_IN)First->lpSockaddr)->sin_addr.s_addr == RtlUlongByteSwap(0x0a000001));
  Dispatch = DATAGRAM(Six);
  CHECK(Dispatch->WskControlSocket(Six, WskIoctl, SIO_ADDRESS_LIST_QUERY, 0, 0, NULL, sizeof(Found), &Found, &Needed,
                                   NULL) == STATUS_SUCCESS);
  Expected.sin6_port = 0;
  Expected.sin6_addr.u.Byte[15] = 1;
  CHECK(First->iSockaddrLength == sizeof(SOCKADDR_IN6) &&
        IN6_ADDR_EQUAL(&((PSOCKADDR_IN6)First->lpSockaddr)->sin6_addr, &Expected.sin6_addr));
}

static VOID VersionSix(PWSK_SOCKET Six) {
  SOCKADDR_INET Peer = Address(AF_INET6, TRUE);
  IN6_PKTINFO Info;
  CHECK(SetOption(Six, IPPROTO_IPV6, IPV6_PKTINFO, 1) == STATUS_SUCCESS);
  CHECK(Echo(Six, AF_INET6, 5, ROOM, ROOM) == STATUS_SUCCESS && RtlEqualMemory(&From, &Peer, sizeof(SOCKADDR_IN6)));
  CHECK(ControlLength == WSA_CMSG_SPACE(sizeof(IN6_PKTINFO)) && Control.Header.cmsg_level == IPPROTO_IPV6);
  RtlCopyMemory(&Info, WSA_CMSG_DATA(&Control.Header), sizeof(Info));
  CHECK(Control.Header.cmsg_type == IPV6_PKTINFO && Info.ipi6_addr.u.Byte[0] == 0xfd && Info.ipi6_addr.u.Byte[15] == 1);
}

/* What WskReceiveFromEvent was shown. */
typedef struct _SHOWN {
  NTSTATUS Answer;
  PWSK_DATAGRAM_INDICATION Kept;
  ULONG Lists;
  ULONG Datagrams;
  SIZE_T Bytes;
  BOOLEAN Right;
  BOOLEAN ToldTheEnd;
} SHOWN, *PSHOWN;

static BOOLEAN IsRight(PWSK_DATAGRAM_INDICATION Datagram) {
  SOCKADDR_INET Peer = Address(AF_INET, TRUE);
  PWSK_BUF Buffer = &Datagram->Buffer;
  PUCHAR Bytes;
  if (!RtlEqualMemory(Datagram->RemoteAddress, &Peer.Ipv4, sizeof(SOCKADDR_IN)) ||
      Datagram->ControlInfoLength != WSA_CMSG_SPACE(sizeof(IN_PKTINFO)) || Datagram->ControlInfo->cmsg_type != IP_PKTINFO) {
    return FALSE;
  }
  if (Buffer->Length == 0) {
    return Buffer->Mdl == NULL;
  }
  Bytes = MmGetSystemAddressForMdlSafe(Buffer->Mdl, NormalPagePriority | MdlMappingNoExecute);
  return RtlEqualMemory(Bytes + Buffer->Offset, Out, Buffer->Length);
}

static NTSTATUS WSKAPI OnReceiveFrom(PVOID SocketContext, ULONG Flags, PWSK_DATAGRAM_INDICATION DataIndication) {
  PSHOWN Shown = SocketContext;
  PWSK_DATAGRAM_INDICATION Datagram;
  if (DataIndication == NULL) {
    Shown->ToldTheEnd = TRUE;
    return STATUS_SUCCESS;
  }
  Shown->Lists++;
  Shown->Right = Flags == WSK_FLAG_AT_DISPATCH_LEVEL;
  for (Datagram = DataIndication; Datagram != NULL; Datagram = Datagram->Next) {
    Shown->Datagrams++;
    Shown->Bytes += Datagram->Buffer.Length;
    Shown->Right = Shown->Right && IsRight(Datagram);
  }
  Shown->Kept = DataIndication;
  return Shown->Answer;
}

static const WSK_CLIENT_DATAGRAM_DISPATCH Dispatch = {OnReceiveFrom};

static VOID Callbacks(VOID) {
  SHOWN Shown = {STATUS_PENDING};
  WSK_EVENT_CALLBACK_CONTROL Events = {&NPI_WSK_INTERFACE_ID, WSK_EVENT_RECEIVE_FROM};
  SOCKADDR_INET Peer = Address(AF_INET, TRUE);
  PWSK_SOCKET Socket = Open(AF_INET, &Shown, &Dispatch);
  WSK_BUF_LIST List[3];
  ULONG i;
  SetOption(Socket, IPPROTO_IP, IP_PKTINFO, 1);
  CHECK(ControlSocket(Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, &Events, sizeof(Events)) == STATUS_SUCCESS);
  for (i = 0; i < 3; i++) {
    List[i].Buffer = OutBuffer;
    List[i].Buffer.Length = 10 * i;
    List[i].Next = i == 2 ? NULL : &List[i + 1];
  }
  DATAGRAM(Socket)->WskSendMessages(Socket, List, 0, (PSOCKADDR)&Peer, 0, NULL, Ready(&Call));
  CHECK(Finish(&Call) == STATUS_SUCCESS && Call.Irp->IoStatus.Information == 30);
  Sleep(100);
  CHECK(Shown.Datagrams == 3 && Shown.Bytes == 30 && Shown.Right);
  CHECK(Shown.Lists == 1 && Shown.Kept->Buffer.Length == 0 && Shown.Kept->Next->Buffer.Length == 10);
  CHECK(DATAGRAM(Socket)->WskRelease(Socket, Shown.Kept->Next) == STATUS_INVALID_PARAMETER);
  CHECK(DATAGRAM(Socket)->WskRelease(Socket, Shown.Kept) == STATUS_SUCCESS);
  CHECK(DATAGRAM(Socket)->WskRelease(Socket, Shown.Kept) == STATUS_INVALID_PARAMETER);

  Shown.Answer = STATUS_DATA_NOT_ACCEPTED;
  Send(Socket, (PSOCKADDR)&Peer, 8);
  Send(Socket, (PSOCKADDR)&Peer, 8);
  Sleep(100);
  CHECK(Shown.Lists == 2);
  Shown.Answer = STATUS_SUCCESS;
  Shown.Datagrams = 0;
  ControlSocket(Socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, &Events, sizeof(Events));
  Sleep(1);
  CHECK(Shown.Lists == 3 && Shown.Datagrams == 2 && Shown.Right);

  GiveUp(Socket);
  Sleep(1);
  CHECK(Shown.ToldTheEnd);
  CHECK(Send(Socket, (PSOCKADDR)&Peer, 8) == STATUS_FILE_FORCED_CLOSED);
  Close(Socket);
}

static VOID Transports(VOID) {
  WSK_TRANSPORT Found[4];
  SIZE_T Size = 0;
  CHECK(Provider.Dispatch->WskControlClient(Provider.Client, WSK_TRANSPORT_LIST_QUERY, 0, NULL, sizeof(Found), Found,
                                            &Size, NULL) == STATUS_SUCCESS && Size == sizeof(Found));
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  WSK_CLIENT_NPI Npi = {NULL, &ClientDispatch};
  PWSK_SOCKET Socket, Six;
  ULONG i;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  WskRegister(&Npi, &Registration);
  WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Provider);
  Call.Irp = IoAllocateIrp(1, FALSE);
  Receive.Irp = IoAllocateIrp(1, FALSE);
  Out = ExAllocatePool2(POOL_FLAG_NON_PAGED, ROOM, TAG);
  In = ExAllocatePool2(POOL_FLAG_NON_PAGED, ROOM, TAG);
  for (i = 0; i < ROOM; i++) {
    Out[i] = (UCHAR)i;
  }
  Describe(&OutBuffer, Out);
  Describe(&InBuffer, In);
  Socket = Open(AF_INET, NULL, NULL);
  Six = Open(AF_INET6, NULL, NULL);
  Echoes(Socket);
  ControlInformation(Socket);
  Refusals(Socket);
  WithoutIrp(Socket);
  FixedAddresses(Socket);
  Addresses(Socket, Six);
  VersionSix(Six);
  Callbacks();
  Transports();
  Close(Socket);
  Close(Six);
  IoFreeMdl(OutBuffer.Mdl);
  IoFreeMdl(InBuffer.Mdl);
  ExFreePoolWithTag(Out, TAG);
  ExFreePoolWithTag(In, TAG);
  IoFreeIrp(Call.Irp);
  IoFreeIrp(Receive.Irp);
  WskReleaseProviderNPI(&Registration);
  WskDeregister(&Registration);
  return STATUS_SUCCESS;
}
