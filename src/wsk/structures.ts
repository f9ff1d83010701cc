import type { ADDRESS_FAMILY, NTSTATUS, SOCKADDR, SockaddrOut } from '../base/index.ts';
import type { IRP, PMDL, Ref } from '../kernel/index.ts';

/** PWSK_CLIENT: opaque. */
export interface WSK_CLIENT {
  readonly wskClient: true;
}

/** Bytes in an MDL chain: `Length` of them from `Offset` in the first MDL. The structure is needed during the call only. */
export interface WSK_BUF {
  Mdl: PMDL;
  Offset: number;
  Length: number;
}

/** WSK_SOCKET: made by WSK, freed by WskCloseSocket. */
export interface WSK_SOCKET {
  readonly Dispatch: WSK_PROVIDER_BASIC_DISPATCH;
}

/** Buffers in a list: one datagram each for WskSendMessages. */
export interface WSK_BUF_LIST {
  readonly Next: WSK_BUF_LIST | null;
  readonly Buffer: WSK_BUF;
}

/** What WskControlSocket and WskControlClient read: the bytes of a value, or the structure that a code takes. */
export type InputBuffer = Uint8Array | WSK_EVENT_CALLBACK_CONTROL | SOCKADDR;

/** Where WskControlSocket writes: the bytes of a value, or the structure that a code gives. */
export type OutputBuffer = Uint8Array | SOCKET_ADDRESS_LIST;

/** SOCKET_ADDRESS_LIST (ws2def.h), which holds pointers in C: filled by SIO_ADDRESS_LIST_QUERY. */
export class SOCKET_ADDRESS_LIST {
  Address: SOCKADDR[] = [];

  get iAddressCount(): number {
    return this.Address.length;
  }
}

export interface WSK_EVENT_CALLBACK_CONTROL {
  readonly NpiId: string;
  readonly EventMask: number;
}

export const isEventControl = (input: InputBuffer | null): input is WSK_EVENT_CALLBACK_CONTROL =>
  input !== null && 'EventMask' in input;

export interface WSK_CLIENT_DISPATCH {
  readonly Version: number;
  readonly Reserved: 0;
  readonly WskClientEvent: ((...parameters: unknown[]) => NTSTATUS) | null;
}

export interface WSK_CLIENT_NPI {
  readonly ClientContext: unknown;
  readonly Dispatch: WSK_CLIENT_DISPATCH;
}

/** Filled by WskCaptureProviderNPI. */
export class WSK_PROVIDER_NPI {
  Client!: WSK_CLIENT;
  Dispatch!: WSK_PROVIDER_DISPATCH;
}

/** The client's storage for one registration; WSK alone reads and writes it. */
export class WSK_REGISTRATION {
  ReservedRegistrationContext: object | null = null;
}

export class WSK_PROVIDER_CHARACTERISTICS {
  HighestVersion = 0;
  LowestVersion = 0;
}

/** Received bytes that WskReceiveEvent lends: a list of buffers in order. Read-only. */
export interface WSK_DATA_INDICATION {
  readonly Next: WSK_DATA_INDICATION | null;
  readonly Buffer: WSK_BUF;
}

/** A received datagram that WskReceiveFromEvent lends, and the next. Read-only. */
export interface WSK_DATAGRAM_INDICATION {
  readonly Next: WSK_DATAGRAM_INDICATION | null;
  readonly Buffer: WSK_BUF;
  /** CMSGHDRs one behind the other (see `readControlInfo`), or null. */
  readonly ControlInfo: Uint8Array | null;
  readonly ControlInfoLength: number;
  readonly RemoteAddress: SOCKADDR;
}

/** ADDRINFOEXW: one address that a name stands for, and the next. As hints, only the first four members count. */
export interface ADDRINFOEXW {
  ai_flags: number;
  ai_family: ADDRESS_FAMILY;
  ai_socktype: number;
  ai_protocol: number;
  ai_canonname: string | null;
  ai_addr: SOCKADDR | null;
  ai_next: ADDRINFOEXW | null;
}

/** A UNICODE_STRING that a call writes. */
export interface UNICODE_STRING_OUT {
  /** Writes the text if it fits. @returns whether it did */
  assign(text: string): boolean;
}

/** Names an incoming connection under inspection. Compare by content. */
export interface WSK_INSPECT_ID {
  readonly Key: number;
  readonly SerialNumber: number;
}

/** WSK_INSPECT_ACTION */
export const WskInspectReject = 0;
export const WskInspectAccept = 1;
export const WskInspectPend = 2;

/**
 * A connection has come in, its handshake done. AcceptSocket NULL: the listening socket is dead, close it soon.
 * @returns STATUS_SUCCESS to take the socket, with its context and dispatch table set; STATUS_REQUEST_NOT_ACCEPTED
 */
export type PFN_WSK_ACCEPT_EVENT = (
  SocketContext: unknown,
  Flags: number,
  LocalAddress: SOCKADDR | null,
  RemoteAddress: SOCKADDR | null,
  AcceptSocket: WSK_SOCKET | null,
  AcceptSocketContext: Ref<unknown>,
  AcceptSocketDispatch: Ref<WSK_CLIENT_CONNECTION_DISPATCH | null>,
) => NTSTATUS;

/** A connection wants in (conditional accept). InspectID NULL: the socket is dead. @returns WSK_INSPECT_ACTION */
export type PFN_WSK_INSPECT_EVENT = (
  SocketContext: unknown,
  LocalAddress: SOCKADDR | null,
  RemoteAddress: SOCKADDR | null,
  InspectID: WSK_INSPECT_ID | null,
) => number;

/** A connection under inspection has gone. */
export type PFN_WSK_ABORT_EVENT = (SocketContext: unknown, InspectID: WSK_INSPECT_ID) => NTSTATUS;

/**
 * Data has come. DataIndication NULL: the socket is dead, close it soon.
 * @returns STATUS_SUCCESS (BytesAccepted taken, all of them unless set to less), STATUS_PENDING (kept until WskRelease),
 *   STATUS_DATA_NOT_ACCEPTED
 */
export type PFN_WSK_RECEIVE_EVENT = (
  SocketContext: unknown,
  Flags: number,
  DataIndication: WSK_DATA_INDICATION | null,
  BytesIndicated: number,
  BytesAccepted: Ref<number>,
) => NTSTATUS;

/** The peer ended the connection: gracefully, or with WSK_FLAG_ABORTIVE. */
export type PFN_WSK_DISCONNECT_EVENT = (SocketContext: unknown, Flags: number) => NTSTATUS;

/** The ideal number of bytes to keep in flight has changed. */
export type PFN_WSK_SEND_BACKLOG_EVENT = (SocketContext: unknown, IdealBacklogSize: number) => NTSTATUS;

/**
 * Datagrams have come. DataIndication NULL: the socket is dead, close it soon.
 * @param Flags WSK_FLAG_AT_DISPATCH_LEVEL, MSG_BCAST, MSG_MCAST
 * @returns STATUS_SUCCESS (all of them taken), STATUS_PENDING (kept until WskRelease), STATUS_DATA_NOT_ACCEPTED (none
 *   taken; the callback is disabled, unless statically enabled, until SO_WSK_EVENT_CALLBACK enables it again)
 */
export type PFN_WSK_RECEIVE_FROM_EVENT = (
  SocketContext: unknown,
  Flags: number,
  DataIndication: WSK_DATAGRAM_INDICATION | null,
) => NTSTATUS;

export interface WSK_CLIENT_DATAGRAM_DISPATCH {
  readonly WskReceiveFromEvent: PFN_WSK_RECEIVE_FROM_EVENT | null;
}

export interface WSK_CLIENT_LISTEN_DISPATCH {
  readonly WskAcceptEvent: PFN_WSK_ACCEPT_EVENT | null;
  readonly WskInspectEvent: PFN_WSK_INSPECT_EVENT | null;
  readonly WskAbortEvent: PFN_WSK_ABORT_EVENT | null;
}

export interface WSK_CLIENT_CONNECTION_DISPATCH {
  readonly WskReceiveEvent: PFN_WSK_RECEIVE_EVENT | null;
  readonly WskDisconnectEvent: PFN_WSK_DISCONNECT_EVENT | null;
  readonly WskSendBacklogEvent: PFN_WSK_SEND_BACKLOG_EVENT | null;
}

export interface WSK_CLIENT_STREAM_DISPATCH {
  readonly Listen: WSK_CLIENT_LISTEN_DISPATCH | null;
  readonly Connect: WSK_CLIENT_CONNECTION_DISPATCH | null;
}

type WithIrp<Parameters extends unknown[]> = (...parameters: [...Parameters, Irp: IRP | null]) => NTSTATUS;

export interface WSK_PROVIDER_DISPATCH {
  readonly Version: number;
  readonly Reserved: 0;
  readonly WskSocket: WithIrp<
    [
      Client: WSK_CLIENT | null,
      AddressFamily: ADDRESS_FAMILY,
      SocketType: number,
      Protocol: number,
      Flags: number,
      SocketContext: unknown,
      Dispatch: object | null,
      OwningProcess: object | null,
      OwningThread: object | null,
      SecurityDescriptor: object | null,
    ]
  >;
  readonly WskSocketConnect: WithIrp<
    [
      Client: WSK_CLIENT | null,
      SocketType: number,
      Protocol: number,
      LocalAddress: SOCKADDR,
      RemoteAddress: SOCKADDR,
      Flags: number,
      SocketContext: unknown,
      Dispatch: WSK_CLIENT_CONNECTION_DISPATCH | null,
      OwningProcess: object | null,
      OwningThread: object | null,
      SecurityDescriptor: object | null,
    ]
  >;
  readonly WskControlClient: WithIrp<
    [
      Client: WSK_CLIENT | null,
      ControlCode: number,
      InputSize: number,
      InputBuffer: InputBuffer | null,
      OutputSize: number,
      OutputBuffer: Uint8Array | null,
      OutputSizeReturned: Ref<number> | null,
    ]
  >;
  readonly WskGetAddressInfo: WithIrp<
    [
      Client: WSK_CLIENT | null,
      NodeName: string | null,
      ServiceName: string | null,
      NameSpace: number,
      Provider: string | null,
      Hints: ADDRINFOEXW | null,
      Result: Ref<ADDRINFOEXW | null>,
      OwningProcess: object | null,
      OwningThread: object | null,
    ]
  >;
  readonly WskFreeAddressInfo: (Client: WSK_CLIENT | null, AddrInfo: ADDRINFOEXW) => void;
  readonly WskGetNameInfo: WithIrp<
    [
      Client: WSK_CLIENT | null,
      SockAddr: SOCKADDR,
      SockAddrLength: number,
      NodeName: UNICODE_STRING_OUT | null,
      ServiceName: UNICODE_STRING_OUT | null,
      Flags: number,
      OwningProcess: object | null,
      OwningThread: object | null,
    ]
  >;
}

export interface WSK_PROVIDER_BASIC_DISPATCH {
  readonly WskControlSocket: WithIrp<
    [
      Socket: WSK_SOCKET,
      RequestType: number,
      ControlCode: number,
      Level: number,
      InputSize: number,
      InputBuffer: InputBuffer | null,
      OutputSize: number,
      OutputBuffer: OutputBuffer | null,
      OutputSizeReturned: Ref<number> | null,
    ]
  >;
  readonly WskCloseSocket: WithIrp<[Socket: WSK_SOCKET]>;
}

type PFN_WSK_BIND = WithIrp<[Socket: WSK_SOCKET, LocalAddress: SOCKADDR, Flags: number]>;
type PFN_WSK_GET_ADDRESS = WithIrp<[Socket: WSK_SOCKET, Address: SockaddrOut]>;
type PFN_WSK_CONNECT = WithIrp<[Socket: WSK_SOCKET, RemoteAddress: SOCKADDR, Flags: number]>;
type PFN_WSK_CONNECT_EX = WithIrp<[Socket: WSK_SOCKET, RemoteAddress: SOCKADDR, Buffer: WSK_BUF | null, Flags: number]>;
type PFN_WSK_SEND = WithIrp<[Socket: WSK_SOCKET, Buffer: WSK_BUF, Flags: number]>;
type PFN_WSK_DISCONNECT = WithIrp<[Socket: WSK_SOCKET, Buffer: WSK_BUF | null, Flags: number]>;
type PFN_WSK_RELEASE = (Socket: WSK_SOCKET, DataIndication: WSK_DATA_INDICATION) => NTSTATUS;
type PFN_WSK_LISTEN = WithIrp<[Socket: WSK_SOCKET]>;
type PFN_WSK_ACCEPT = WithIrp<
  [
    ListenSocket: WSK_SOCKET,
    Flags: number,
    AcceptSocketContext: unknown,
    AcceptSocketDispatch: WSK_CLIENT_CONNECTION_DISPATCH | null,
    LocalAddress: SockaddrOut | null,
    RemoteAddress: SockaddrOut | null,
  ]
>;

export interface WSK_PROVIDER_LISTEN_DISPATCH extends WSK_PROVIDER_BASIC_DISPATCH {
  readonly WskBind: PFN_WSK_BIND;
  readonly WskAccept: PFN_WSK_ACCEPT;
  readonly WskInspectComplete: WithIrp<[ListenSocket: WSK_SOCKET, InspectID: WSK_INSPECT_ID, Action: number]>;
  readonly WskGetLocalAddress: PFN_WSK_GET_ADDRESS;
}

type PFN_WSK_RECEIVE_FROM = WithIrp<
  [
    Socket: WSK_SOCKET,
    Buffer: WSK_BUF,
    Flags: number,
    RemoteAddress: SockaddrOut | null,
    ControlLength: Ref<number> | null,
    ControlInfo: Uint8Array | null,
    ControlFlags: Ref<number> | null,
  ]
>;
/** What goes with a datagram beside its bytes, for WskSendTo and WskSendMessages. */
type Addressed = [
  Flags: number,
  RemoteAddress: SOCKADDR | null,
  ControlInfoLength: number,
  ControlInfo: Uint8Array | null,
];

export interface WSK_PROVIDER_DATAGRAM_DISPATCH extends WSK_PROVIDER_BASIC_DISPATCH {
  readonly WskBind: PFN_WSK_BIND;
  readonly WskSendTo: WithIrp<[Socket: WSK_SOCKET, Buffer: WSK_BUF, ...Addressed]>;
  readonly WskReceiveFrom: PFN_WSK_RECEIVE_FROM;
  readonly WskRelease: (Socket: WSK_SOCKET, DatagramIndication: WSK_DATAGRAM_INDICATION) => NTSTATUS;
  readonly WskGetLocalAddress: PFN_WSK_GET_ADDRESS;
  readonly WskSendMessages: WithIrp<[Socket: WSK_SOCKET, BufferList: WSK_BUF_LIST, ...Addressed]>;
}

/** The member order is that of wsk.h; the type does not depend on it, C layouts do. */
export interface WSK_PROVIDER_CONNECTION_DISPATCH extends WSK_PROVIDER_BASIC_DISPATCH {
  readonly WskBind: PFN_WSK_BIND;
  readonly WskConnect: PFN_WSK_CONNECT;
  readonly WskGetLocalAddress: PFN_WSK_GET_ADDRESS;
  readonly WskGetRemoteAddress: PFN_WSK_GET_ADDRESS;
  readonly WskSend: PFN_WSK_SEND;
  readonly WskReceive: PFN_WSK_SEND;
  readonly WskDisconnect: PFN_WSK_DISCONNECT;
  readonly WskRelease: PFN_WSK_RELEASE;
  readonly WskConnectEx: PFN_WSK_CONNECT_EX;
}

/** Like the connection table with listening functions added; the member order differs, see wsk.h. */
export interface WSK_PROVIDER_STREAM_DISPATCH extends WSK_PROVIDER_BASIC_DISPATCH {
  readonly WskBind: PFN_WSK_BIND;
  readonly WskAccept: PFN_WSK_ACCEPT;
  readonly WskConnect: PFN_WSK_CONNECT;
  readonly WskListen: PFN_WSK_LISTEN;
  readonly WskSend: PFN_WSK_SEND;
  readonly WskReceive: PFN_WSK_SEND;
  readonly WskDisconnect: PFN_WSK_DISCONNECT;
  readonly WskRelease: PFN_WSK_RELEASE;
  readonly WskGetLocalAddress: PFN_WSK_GET_ADDRESS;
  readonly WskGetRemoteAddress: PFN_WSK_GET_ADDRESS;
  readonly WskConnectEx: PFN_WSK_CONNECT_EX;
}
