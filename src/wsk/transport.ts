import { type ADDRESS_FAMILY, type NTSTATUS, type SOCKADDR, wildcardSockaddr } from '../base/index.ts';

/**
 * What WSK asks of a network: the operating system's sockets, our own TCP/IP stack or a test's memory.
 *
 * Every operation takes an op and answers through it, once, and never inside the call that started it.
 * Signals are level-triggered: a signal says "look", and what there is to see stays visible until it is taken.
 */
export interface Transport {
  readonly capability: TransportCapability;
  /** @returns a new, unbound endpoint, or the status why there is none (STATUS_INSUFFICIENT_RESOURCES, …) */
  createStream(family: ADDRESS_FAMILY, events: StreamEvents): StreamEndpoint | NTSTATUS;
  /** The same for datagrams (UDP); STATUS_NOT_SUPPORTED where the transport has none. */
  createDatagram(family: ADDRESS_FAMILY, events: DatagramEvents): DatagramEndpoint | NTSTATUS;
  /** The addresses of this machine, with port 0, loopback left out (SIO_ADDRESS_LIST_QUERY). */
  localAddresses(family: ADDRESS_FAMILY): readonly SOCKADDR[];
}

/** What endpoints of streams and of datagrams have in common. */
export interface Endpoint {
  /**
   * STATUS_SUCCESS; STATUS_ADDRESS_ALREADY_ASSOCIATED when the port is taken; STATUS_INVALID_ADDRESS_COMPONENT when
   * the address is not local; STATUS_ACCESS_DENIED.
   */
  bind(address: SOCKADDR, op: TransportOp): void;
  /** Frees the endpoint; pending ops complete (STATUS_CANCELLED) first. */
  close(op: TransportOp): void;
  /** Takes a pending op back. @returns true: it will not be reported any more; false: its end is on the way */
  cancel(op: TransportOp): boolean;
  /** Null when not bound, or not known any more. */
  localAddress(): SOCKADDR | null;
  /** STATUS_NOT_SUPPORTED where the transport has no such thing. */
  setOption(option: StreamOption | DatagramOption, value: number): NTSTATUS;
  getOption(option: StreamOption | DatagramOption): number;
}

/** Where WskGetAddressInfo and WskGetNameInfo look names up. Numeric addresses and services never get here. */
export interface NameResolver {
  /**
   * @param family AF_INET, AF_INET6, or AF_UNSPEC for both
   * @param done told once, never inside the call: the addresses with port 0, the preferred first; none for no such name
   */
  addressesOf(name: string, family: ADDRESS_FAMILY, done: (found: readonly SOCKADDR[]) => void): void;
  /** @param done told once, never inside the call: the name, or null for none */
  nameOf(address: SOCKADDR, done: (name: string | null) => void): void;
}

export interface TransportCapability {
  /** A send completes when the peer acknowledged it (true), or when the system took every byte (false). */
  readonly ackCompletion: boolean;
  /** Connections can be inspected before the handshake is answered (conditional accept). */
  readonly inspect: boolean;
  /** The number of bytes that rode in the SYN is known. */
  readonly earlyDataKnown: boolean;
}

/** Where an operation reports its end. */
export interface TransportOp {
  /** Names the WSK call behind the operation, for traces and captures; 0 for none. */
  readonly cause: number;
  /** @param information bytes moved, where bytes were to be moved; else 0 */
  onTransportComplete(status: NTSTATUS, information: number): void;
}

/** Reports to nobody. */
export const noOp: TransportOp = { cause: 0, onTransportComplete: () => {} };

/** Bytes to send, in order, wherever they lie. Valid until the op completes; views are made at each use. */
export interface Gather {
  readonly length: number;
  /** Copies `count` bytes, starting `from` bytes in, to `into[at…]`. */
  copyTo(from: number, into: Uint8Array, at: number, count: number): void;
  /** The longest run of bytes that lies in one piece, starting `from` bytes in. Never kept across an event. */
  view(from: number): Uint8Array;
}

/** Room for received bytes; the mirror of `Gather`. */
export interface Scatter {
  readonly length: number;
  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void;
  view(at: number): Uint8Array;
}

/** Received bytes on loan: they count against the receive window until released. */
export interface Lease {
  readonly length: number;
  /** The bytes, in order, in one or more pieces. Read-only by contract. */
  readonly pieces: readonly Uint8Array[];
  /** Hands the last `length - count` bytes back as unread. Before `release`, at most once. */
  trim(count: number): void;
  release(): void;
}

/** What happened on an endpoint; one object, no closures. */
export interface StreamEvents {
  /** There is something to read. */
  onReadable(): void;
  /** The peer ended its side; `endOfStream` becomes true when everything before it was read. */
  onEof(): void;
  /** The connection died: STATUS_CONNECTION_RESET, _ABORTED, STATUS_IO_TIMEOUT … Pending ops complete first. */
  onReset(status: NTSTATUS): void;
  /** A new ideal send backlog, in bytes. */
  onBacklog(idealSize: number): void;
  /** A connection waits for `accept` on a listening endpoint. */
  onIncoming(): void;
  /**
   * A handshake has begun on a listening endpoint that inspects ('conditionalAccept').
   * @param id names it until it was answered, aborted or has come in
   */
  onInspect(id: number, local: SOCKADDR, remote: SOCKADDR): InspectAction;
  /** A handshake that was accepted or is pending has ended before it was established. */
  onInspectAborted(id: number): void;
}

/** What a client tells TCP about the first bytes of its connection (Fast Open). */
export interface EarlyData {
  /** Bytes in the SYN; null when the transport cannot know. */
  readonly bytesInSyn: number | null;
  /** Whether the peer acknowledged them with its SYN-ACK; null when unknown. */
  readonly acked: boolean | null;
}

export type InspectAction = 'accept' | 'reject' | 'pend';

export type StreamOption =
  | 'conditionalAccept'
  | 'fastOpen'
  | 'noDelay'
  | 'reuseAddress'
  | 'exclusiveAddress'
  | 'keepAlive'
  | 'receiveBuffer'
  | 'v6Only';

export interface StreamEndpoint extends Endpoint {
  /** May be replaced; the accepting side sets it before anything is signalled. */
  events: StreamEvents;

  /** Starts to listen on a bound endpoint. */
  listen(op: TransportOp): void;
  /** The next waiting connection of a listening endpoint, or null. */
  accept(): StreamEndpoint | null;
  /** Answers an inspection that was left pending. @returns false when there is none of this id */
  inspectComplete(id: number, accept: boolean): boolean;

  /**
   * Connects a bound endpoint; completes at ESTABLISHED, with information 0. `early` is sent ahead of every later
   * send: in the SYN as far as Fast Open allows ('fastOpen' set, a cookie at hand), the rest behind the handshake.
   * The bytes of `early` belong to the transport until they are sent, also after the op has completed.
   * After a failure the endpoint is bound as before and may connect again.
   */
  connect(to: SOCKADDR, early: Gather | null, op: TransportOp): void;

  /** Queues bytes, first in, first out. The provider keeps them in place until the op completes. */
  send(data: Gather, op: TransportOp): void;
  /** Moves received bytes to `into[at…]`. @returns bytes moved; 0 for none now */
  read(into: Scatter, at: number): number;
  /** Lends at most `max` received bytes, or null when there are none now. */
  borrow(max: number): Lease | null;
  /** True when the peer ended its side and everything before it was read. */
  readonly endOfStream: boolean;

  /** Ends this side once all queued sends are out; completes when the transport has finished it. */
  shutdown(op: TransportOp): void;
  /** Resets the connection; pending ops complete with STATUS_CONNECTION_ABORTED before this one. */
  abort(op: TransportOp): void;
  /** Frees the endpoint, with a reset unless both sides had ended; pending ops complete (STATUS_CANCELLED) first. */
  close(op: TransportOp): void;
  /** Taking back a send of which bytes have left aborts the connection. */
  cancel(op: TransportOp): boolean;

  /** Of an accepted connection that was inspected: the id that `onInspect` had; 0 or nothing for others. */
  readonly inspectId?: number;
  /** Both addresses of a connection are there for the asking; without it, only asking shows. */
  readonly knowsAddresses?: boolean;
  /** Null when not bound, or not known any more. A connection that died should still know its addresses. */
  localAddress(): SOCKADDR | null;
  remoteAddress(): SOCKADDR | null;
  readonly idealBacklog: number;
  readonly receiveBacklog: number;
  readonly earlyData: EarlyData;

  /** Options set before connect reach the SYN. */
  setOption(option: StreamOption, value: number): NTSTATUS;
  getOption(option: StreamOption): number;
}

/** What happened on an endpoint for datagrams. */
export interface DatagramEvents {
  /** A datagram has come. */
  onReadable(): void;
  /** The endpoint is over: STATUS_FILE_FORCED_CLOSED. Pending ops complete first. */
  onReset(status: NTSTATUS): void;
}

export type DatagramOption =
  | 'reuseAddress'
  | 'exclusiveAddress'
  | 'receiveBuffer'
  | 'broadcast'
  | 'v6Only'
  /** Whether `DatagramInfo.local` and `interfaceIndex` are of interest. */
  | 'packetInfo';

/**
 * What is known of a received datagram besides its bytes, as an endpoint of `family` shows it. Filled anew by each
 * receive, so that receiving allocates nothing: addresses are to be copied.
 */
export class DatagramInfo {
  /** The sender. */
  readonly remote: SOCKADDR;
  /** The address that it was sent to, with port 0; of meaning with 'packetInfo' only. */
  readonly local: SOCKADDR;
  /** The number of the interface that it came by; of meaning with 'packetInfo' only. */
  interfaceIndex = 0;
  /** Bytes of the whole datagram, however many fitted. */
  length = 0;
  /** How it was addressed. */
  cast: 'unicast' | 'broadcast' | 'multicast' = 'unicast';

  constructor(family: ADDRESS_FAMILY) {
    this.remote = wildcardSockaddr(family);
    this.local = wildcardSockaddr(family);
  }
}

/** A received datagram on loan: it counts against the receive buffer until released. */
export interface DatagramLease {
  readonly info: DatagramInfo;
  /** The bytes, in order, in one or more pieces; none for a datagram of no bytes. Read-only by contract. */
  readonly pieces: readonly Uint8Array[];
  /** Hands it back as not received: it is the next one again. */
  putBack(): void;
  release(): void;
}

export interface DatagramEndpoint extends Endpoint {
  /**
   * Sends one datagram from a bound endpoint; completes when its memory is not needed any more, with information = its
   * bytes. First in, first out.
   *
   * STATUS_INVALID_BUFFER_SIZE when it is too long; STATUS_ACCESS_DENIED for a broadcast without 'broadcast';
   * STATUS_NETWORK_UNREACHABLE and its like; STATUS_NOT_SUPPORTED where the transport does not send to such addresses.
   */
  sendTo(data: Gather, to: SOCKADDR, op: TransportOp): void;
  /** Moves the next datagram to `into`; what does not fit is lost. @returns false when none is there */
  receive(into: Scatter, info: DatagramInfo): boolean;
  /** Lends the next datagram; null when none is there, or as much as SO_RCVBUF is on loan. */
  borrow(): DatagramLease | null;
  /** Datagrams of anybody else are dropped from now on; null takes all. */
  setRemote(remote: SOCKADDR | null): NTSTATUS;
  setOption(option: DatagramOption, value: number): NTSTATUS;
  getOption(option: DatagramOption): number;
}
