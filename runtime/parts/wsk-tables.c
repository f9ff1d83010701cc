/*
 * The provider's dispatch tables, which drivers call through. The functions in them are the host's: their names become
 * imports, and the linker puts those into the function table.
 */
#include <wsk.h>

#define OWSK_IMPORT(name) __attribute__((import_module("env"), import_name(#name))) name

NTSTATUS OWSK_IMPORT(WskSocket)(PWSK_CLIENT, ADDRESS_FAMILY, USHORT, ULONG, ULONG, PVOID, const VOID *, PEPROCESS,
                                PETHREAD, PSECURITY_DESCRIPTOR, PIRP);
NTSTATUS OWSK_IMPORT(WskSocketConnect)(PWSK_CLIENT, USHORT, ULONG, PSOCKADDR, PSOCKADDR, ULONG, PVOID,
                                       const WSK_CLIENT_CONNECTION_DISPATCH *, PEPROCESS, PETHREAD,
                                       PSECURITY_DESCRIPTOR, PIRP);
NTSTATUS OWSK_IMPORT(WskControlClient)(PWSK_CLIENT, ULONG, SIZE_T, PVOID, SIZE_T, PVOID, SIZE_T *, PIRP);
NTSTATUS OWSK_IMPORT(WskGetAddressInfo)(PWSK_CLIENT, PUNICODE_STRING, PUNICODE_STRING, ULONG, GUID *, PADDRINFOEXW,
                                        PADDRINFOEXW *, PEPROCESS, PETHREAD, PIRP);
VOID OWSK_IMPORT(WskFreeAddressInfo)(PWSK_CLIENT, PADDRINFOEXW);
NTSTATUS OWSK_IMPORT(WskGetNameInfo)(PWSK_CLIENT, PSOCKADDR, ULONG, PUNICODE_STRING, PUNICODE_STRING, ULONG, PEPROCESS,
                                     PETHREAD, PIRP);

NTSTATUS OWSK_IMPORT(WskControlSocket)(PWSK_SOCKET, WSK_CONTROL_SOCKET_TYPE, ULONG, ULONG, SIZE_T, PVOID, SIZE_T,
                                       PVOID, SIZE_T *, PIRP);
NTSTATUS OWSK_IMPORT(WskCloseSocket)(PWSK_SOCKET, PIRP);
NTSTATUS OWSK_IMPORT(WskBind)(PWSK_SOCKET, PSOCKADDR, ULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskListen)(PWSK_SOCKET, PIRP);
NTSTATUS OWSK_IMPORT(WskAccept)(PWSK_SOCKET, ULONG, PVOID, const WSK_CLIENT_CONNECTION_DISPATCH *, PSOCKADDR,
                                PSOCKADDR, PIRP);
NTSTATUS OWSK_IMPORT(WskInspectComplete)(PWSK_SOCKET, PWSK_INSPECT_ID, WSK_INSPECT_ACTION, PIRP);
NTSTATUS OWSK_IMPORT(WskConnect)(PWSK_SOCKET, PSOCKADDR, ULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskConnectEx)(PWSK_SOCKET, PSOCKADDR, PWSK_BUF, ULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskSend)(PWSK_SOCKET, PWSK_BUF, ULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskReceive)(PWSK_SOCKET, PWSK_BUF, ULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskSendEx)(PWSK_SOCKET, PWSK_BUF, ULONG, ULONG, PCMSGHDR, PIRP);
NTSTATUS OWSK_IMPORT(WskReceiveEx)(PWSK_SOCKET, PWSK_BUF, ULONG, PULONG, PCMSGHDR, PULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskDisconnect)(PWSK_SOCKET, PWSK_BUF, ULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskRelease)(PWSK_SOCKET, PWSK_DATA_INDICATION);
NTSTATUS OWSK_IMPORT(WskReleaseDatagrams)(PWSK_SOCKET, PWSK_DATAGRAM_INDICATION);
NTSTATUS OWSK_IMPORT(WskGetLocalAddress)(PWSK_SOCKET, PSOCKADDR, PIRP);
NTSTATUS OWSK_IMPORT(WskGetRemoteAddress)(PWSK_SOCKET, PSOCKADDR, PIRP);
NTSTATUS OWSK_IMPORT(WskSendTo)(PWSK_SOCKET, PWSK_BUF, ULONG, PSOCKADDR, ULONG, PCMSGHDR, PIRP);
NTSTATUS OWSK_IMPORT(WskReceiveFrom)(PWSK_SOCKET, PWSK_BUF, ULONG, PSOCKADDR, PULONG, PCMSGHDR, PULONG, PIRP);
NTSTATUS OWSK_IMPORT(WskSendMessages)(PWSK_SOCKET, PWSK_BUF_LIST, ULONG, PSOCKADDR, ULONG, PCMSGHDR, PIRP);

static const WSK_PROVIDER_DISPATCH Provider = {
    .Version = MAKE_WSK_VERSION(1, 0),
    .WskSocket = WskSocket,
    .WskSocketConnect = WskSocketConnect,
    .WskControlClient = WskControlClient,
    .WskGetAddressInfo = WskGetAddressInfo,
    .WskFreeAddressInfo = WskFreeAddressInfo,
    .WskGetNameInfo = WskGetNameInfo,
};

#define BASIC .WskControlSocket = WskControlSocket, .WskCloseSocket = WskCloseSocket

static const WSK_PROVIDER_BASIC_DISPATCH Basic = {BASIC};

static const WSK_PROVIDER_LISTEN_DISPATCH Listen = {
    BASIC,
    .WskBind = WskBind,
    .WskAccept = WskAccept,
    .WskInspectComplete = WskInspectComplete,
    .WskGetLocalAddress = WskGetLocalAddress,
};

static const WSK_PROVIDER_DATAGRAM_DISPATCH Datagram = {
    BASIC,
    .WskBind = WskBind,
    .WskSendTo = WskSendTo,
    .WskReceiveFrom = WskReceiveFrom,
    .WskRelease = WskReleaseDatagrams,
    .WskGetLocalAddress = WskGetLocalAddress,
    .WskSendMessages = WskSendMessages,
};

static const WSK_PROVIDER_CONNECTION_DISPATCH Connection = {
    BASIC,
    .WskBind = WskBind,
    .WskConnect = WskConnect,
    .WskGetLocalAddress = WskGetLocalAddress,
    .WskGetRemoteAddress = WskGetRemoteAddress,
    .WskSend = WskSend,
    .WskReceive = WskReceive,
    .WskDisconnect = WskDisconnect,
    .WskRelease = WskRelease,
    .WskConnectEx = WskConnectEx,
    .WskSendEx = WskSendEx,
    .WskReceiveEx = WskReceiveEx,
};

static const WSK_PROVIDER_STREAM_DISPATCH Stream = {
    BASIC,
    .WskBind = WskBind,
    .WskAccept = WskAccept,
    .WskConnect = WskConnect,
    .WskListen = WskListen,
    .WskSend = WskSend,
    .WskReceive = WskReceive,
    .WskDisconnect = WskDisconnect,
    .WskRelease = WskRelease,
    .WskGetLocalAddress = WskGetLocalAddress,
    .WskGetRemoteAddress = WskGetRemoteAddress,
    .WskConnectEx = WskConnectEx,
    .WskSendEx = WskSendEx,
    .WskReceiveEx = WskReceiveEx,
};

/* For the host, which puts these into the sockets it makes. The numbers are DispatchTable's in socket-table.ts. */
__attribute__((export_name("OwskDispatchTable"))) const void *OwskDispatchTable(int which) {
  static const void *const tables[] = {&Provider, &Basic, &Listen, &Datagram, &Connection, &Stream};
  return tables[which];
}
