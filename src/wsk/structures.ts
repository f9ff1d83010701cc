import type { ADDRESS_FAMILY, NTSTATUS, SOCKADDR, SockaddrOut } from '../base/index.ts';
import type { IRP, KernelRoutine, PMDL, Ref } from '../kernel/index.ts';

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

/** What WskControlSocket and WskControlClient read: the bytes of a value, or the structure that a code takes. */
export type InputBuffer = Uint8Array | WSK_EVENT_CALLBACK_CONTROL;

export interface WSK_EVENT_CALLBACK_CONTROL {
  readonly NpiId: string;
  readonly EventMask: number;
}

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

// Client dispatch tables. Their callbacks are not called yet.
export type WSK_CLIENT_LISTEN_DISPATCH = object;
export type WSK_CLIENT_CONNECTION_DISPATCH = object;
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
  readonly WskGetAddressInfo: WithIrp<[...parameters: unknown[]]>;
  readonly WskFreeAddressInfo: (Client: WSK_CLIENT | null, AddrInfo: object) => void;
  readonly WskGetNameInfo: WithIrp<[...parameters: unknown[]]>;
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
      OutputBuffer: Uint8Array | null,
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
type PFN_WSK_RELEASE = (Socket: WSK_SOCKET, DataIndication: object) => NTSTATUS;
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
  readonly WskInspectComplete: WithIrp<[ListenSocket: WSK_SOCKET, InspectID: object, Action: number]>;
  readonly WskGetLocalAddress: PFN_WSK_GET_ADDRESS;
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

export type WskRoutine<T> = KernelRoutine<T>;
