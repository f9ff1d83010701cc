// What the WSK provider offers, function by function.
#pragma once
#include <openwsk/io-types.h>
#include <openwsk/wsk-client-functions.h>
typedef NTSTATUS WSKAPI WSK_SOCKET_FN(PWSK_CLIENT Client, ADDRESS_FAMILY AddressFamily, USHORT SocketType, ULONG Protocol, ULONG Flags,
                                      PVOID SocketContext, const VOID *Dispatch, PEPROCESS OwningProcess, PETHREAD OwningThread,
                                      PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_SOCKET_CONNECT_FN(PWSK_CLIENT Client, USHORT SocketType, ULONG Protocol, PSOCKADDR LocalAddress,
                                              PSOCKADDR RemoteAddress, ULONG Flags, PVOID SocketContext,
                                              const WSK_CLIENT_CONNECTION_DISPATCH *Dispatch, PEPROCESS OwningProcess,
                                              PETHREAD OwningThread, PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_CONTROL_CLIENT_FN(PWSK_CLIENT Client, ULONG ControlCode, SIZE_T InputSize, PVOID InputBuffer, SIZE_T OutputSize,
                                              PVOID OutputBuffer, SIZE_T *OutputSizeReturned, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_GET_ADDRESS_INFO_FN(PWSK_CLIENT Client, PUNICODE_STRING NodeName, PUNICODE_STRING ServiceName, ULONG NameSpace,
                                                GUID *Provider, PADDRINFOEXW Hints, PADDRINFOEXW *Result, PEPROCESS OwningProcess,
                                                PETHREAD OwningThread, PIRP Irp);
typedef VOID WSKAPI WSK_FREE_ADDRESS_INFO_FN(PWSK_CLIENT Client, PADDRINFOEXW AddrInfo);
typedef NTSTATUS WSKAPI WSK_GET_NAME_INFO_FN(PWSK_CLIENT Client, PSOCKADDR SockAddr, ULONG SockAddrLength, PUNICODE_STRING NodeName,
                                             PUNICODE_STRING ServiceName, ULONG Flags, PEPROCESS OwningProcess, PETHREAD OwningThread,
                                             PIRP Irp);
typedef NTSTATUS WSKAPI WSK_CONTROL_SOCKET_FN(PWSK_SOCKET Socket, WSK_CONTROL_SOCKET_TYPE RequestType, ULONG ControlCode, ULONG Level,
                                              SIZE_T InputSize, PVOID InputBuffer, SIZE_T OutputSize, PVOID OutputBuffer,
                                              SIZE_T *OutputSizeReturned, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_CLOSE_SOCKET_FN(PWSK_SOCKET Socket, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_BIND_FN(PWSK_SOCKET Socket, PSOCKADDR LocalAddress, ULONG Flags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_ACCEPT_FN(PWSK_SOCKET ListenSocket, ULONG Flags, PVOID AcceptSocketContext,
                                      const WSK_CLIENT_CONNECTION_DISPATCH *AcceptSocketDispatch, PSOCKADDR LocalAddress,
                                      PSOCKADDR RemoteAddress, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_INSPECT_COMPLETE_FN(PWSK_SOCKET ListenSocket, PWSK_INSPECT_ID InspectID, WSK_INSPECT_ACTION Action, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_LISTEN_FN(PWSK_SOCKET Socket, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_CONNECT_FN(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, ULONG Flags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_CONNECT_EX_FN(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_GET_LOCAL_ADDRESS_FN(PWSK_SOCKET Socket, PSOCKADDR LocalAddress, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_GET_REMOTE_ADDRESS_FN(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_SEND_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_SEND_EX_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, ULONG ControlInfoLength, PCMSGHDR ControlInfo, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_RECEIVE_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_RECEIVE_EX_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PULONG ControlInfoLength, PCMSGHDR ControlInfo,
                                          PULONG ControlFlags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_DISCONNECT_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_RELEASE_DATA_INDICATION_LIST_FN(PWSK_SOCKET Socket, PWSK_DATA_INDICATION DataIndication);
typedef NTSTATUS WSKAPI WSK_SEND_TO_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PSOCKADDR RemoteAddress, ULONG ControlInfoLength,
                                       PCMSGHDR ControlInfo, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_SEND_MESSAGES_FN(PWSK_SOCKET Socket, PWSK_BUF_LIST BufferList, ULONG Flags, PSOCKADDR RemoteAddress,
                                             ULONG ControlInfoLength, PCMSGHDR ControlInfo, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_RECEIVE_FROM_FN(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PSOCKADDR RemoteAddress, PULONG ControlLength,
                                            PCMSGHDR ControlInfo, PULONG ControlFlags, PIRP Irp);
typedef NTSTATUS WSKAPI WSK_RELEASE_DATAGRAM_INDICATION_LIST_FN(PWSK_SOCKET Socket, PWSK_DATAGRAM_INDICATION DatagramIndication);

typedef WSK_SOCKET_FN *PFN_WSK_SOCKET;
typedef WSK_SOCKET_CONNECT_FN *PFN_WSK_SOCKET_CONNECT;
typedef WSK_CONTROL_CLIENT_FN *PFN_WSK_CONTROL_CLIENT;
typedef WSK_GET_ADDRESS_INFO_FN *PFN_WSK_GET_ADDRESS_INFO;
typedef WSK_FREE_ADDRESS_INFO_FN *PFN_WSK_FREE_ADDRESS_INFO;
typedef WSK_GET_NAME_INFO_FN *PFN_WSK_GET_NAME_INFO;
typedef WSK_CONTROL_SOCKET_FN *PFN_WSK_CONTROL_SOCKET;
typedef WSK_CLOSE_SOCKET_FN *PFN_WSK_CLOSE_SOCKET;
typedef WSK_BIND_FN *PFN_WSK_BIND;
typedef WSK_ACCEPT_FN *PFN_WSK_ACCEPT;
typedef WSK_INSPECT_COMPLETE_FN *PFN_WSK_INSPECT_COMPLETE;
typedef WSK_LISTEN_FN *PFN_WSK_LISTEN;
typedef WSK_CONNECT_FN *PFN_WSK_CONNECT;
typedef WSK_CONNECT_EX_FN *PFN_WSK_CONNECT_EX;
typedef WSK_GET_LOCAL_ADDRESS_FN *PFN_WSK_GET_LOCAL_ADDRESS;
typedef WSK_GET_REMOTE_ADDRESS_FN *PFN_WSK_GET_REMOTE_ADDRESS;
typedef WSK_SEND_FN *PFN_WSK_SEND;
typedef WSK_SEND_EX_FN *PFN_WSK_SEND_EX;
typedef WSK_RECEIVE_FN *PFN_WSK_RECEIVE;
typedef WSK_RECEIVE_EX_FN *PFN_WSK_RECEIVE_EX;
typedef WSK_DISCONNECT_FN *PFN_WSK_DISCONNECT;
typedef WSK_RELEASE_DATA_INDICATION_LIST_FN *PFN_WSK_RELEASE_DATA_INDICATION_LIST;
typedef WSK_SEND_TO_FN *PFN_WSK_SEND_TO;
typedef WSK_SEND_MESSAGES_FN *PFN_WSK_SEND_MESSAGES;
typedef WSK_RECEIVE_FROM_FN *PFN_WSK_RECEIVE_FROM;
typedef WSK_RELEASE_DATAGRAM_INDICATION_LIST_FN *PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST;
