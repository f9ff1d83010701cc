import { OpenWskError, type SOCKADDR, SOCKADDR_STORAGE } from '../base/index.ts';
import {
  earlyDataOf,
  WSK_FLAG_ABORTIVE,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  type WSK_SOCKET,
} from '../wsk/index.ts';
import type { Caller, CallLimits } from './caller.ts';
import { WskError } from './wsk-error.ts';

/** Room for received bytes is cut from slabs of this size, so that nothing is copied after the receive. */
const SLAB = 262_144;
const SMALLEST_READ = 16_384;

/**
 * A connection. Reads and writes may overlap; several writes keep their order. Close every connection, or loop over it,
 * which closes it at the end.
 * @example
 * const connection = await sockets.connect('10.0.0.2:7', { data: 'hello' });
 * await connection.end();
 * for await (const bytes of connection) console.log(bytes.length);
 */
export class Connection implements AsyncIterable<Uint8Array> {
  /** The WSK_SOCKET underneath, for calls that have no method here. */
  readonly socket: WSK_SOCKET;
  readonly localAddress: SOCKADDR;
  readonly remoteAddress: SOCKADDR;
  /** Bytes of `data` that rode in the SYN; null when the transport cannot know. 0 on the accepting side. */
  readonly bytesInSyn: number | null;
  /** Whether the peer's SYN-ACK acknowledged them; null when unknown. */
  readonly synDataAcked: boolean | null;
  private readonly caller: Caller;
  private slab = new Uint8Array(0);
  private closing: Promise<void> | null = null;

  /** For sockets whose addresses are known; `Connection.from` asks for them. */
  constructor(caller: Caller, socket: WSK_SOCKET, local: SOCKADDR, remote: SOCKADDR) {
    this.caller = caller;
    this.socket = socket;
    this.localAddress = local;
    this.remoteAddress = remote;
    const { bytesInSyn, acked } = earlyDataOf(socket);
    this.bytesInSyn = bytesInSyn;
    this.synDataAcked = acked;
  }

  /**
   * Wraps a connected WSK_SOCKET.
   * @param to where it was connected to, if that is known: the peer may have reset the connection already, and WSK then
   *   tells its address no more
   * @throws WskError STATUS_INVALID_DEVICE_STATE when it is not connected
   */
  static async from(caller: Caller, socket: WSK_SOCKET, to: SOCKADDR | null = null): Promise<Connection> {
    const dispatch = socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;
    const [local, remote] = [new SOCKADDR_STORAGE(), new SOCKADDR_STORAGE()];
    await caller.call('WskGetLocalAddress', (irp) => dispatch.WskGetLocalAddress(socket, local, irp));
    try {
      await caller.call('WskGetRemoteAddress', (irp) => dispatch.WskGetRemoteAddress(socket, remote, irp));
    } catch (error) {
      if (to === null || !(error instanceof WskError)) throw error;
      remote.assign(to);
    }
    return new Connection(caller, socket, local.address!, remote.address!);
  }

  private get dispatch(): WSK_PROVIDER_CONNECTION_DISPATCH {
    return this.socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;
  }

  /**
   * The next bytes, as soon as there are some; null when the peer has ended its side. The bytes are yours to keep.
   * @throws WskError STATUS_CONNECTION_RESET, STATUS_IO_TIMEOUT (the limit given), STATUS_CANCELLED (closed meanwhile);
   *   OpenWskError OWSK_CLOSED
   */
  async read(limits: CallLimits = {}): Promise<Uint8Array | null> {
    this.mustBeOpen('read');
    if (this.slab.length < SMALLEST_READ) this.slab = new Uint8Array(SLAB);
    const room = this.slab;
    this.slab = new Uint8Array(0);
    const buffer = this.caller.buffer(room);
    const call = (irp: Parameters<WSK_PROVIDER_CONNECTION_DISPATCH['WskReceive']>[3]) =>
      this.dispatch.WskReceive(this.socket, buffer, 0, irp);
    const bytes = (await this.caller.call('WskReceive', call, limits)) as number;
    this.slab = room.subarray(bytes);
    return bytes === 0 ? null : room.subarray(0, bytes);
  }

  /**
   * Sends bytes (text as UTF-8); done when the transport has taken them all. Leave them unchanged until then.
   * @throws WskError STATUS_CONNECTION_RESET, STATUS_INVALID_DEVICE_STATE (after `end`), STATUS_IO_TIMEOUT (the limit
   *   given: bytes may have left, so the connection is then reset); OpenWskError OWSK_CLOSED
   */
  async write(data: Uint8Array | string, limits: CallLimits = {}): Promise<void> {
    this.mustBeOpen('write');
    const buffer = this.caller.buffer(bytesOf(data));
    await this.caller.call('WskSend', (irp) => this.dispatch.WskSend(this.socket, buffer, 0, irp), limits);
  }

  /**
   * Ends this side (a graceful WskDisconnect), after last bytes if given; reading goes on.
   * @throws WskError STATUS_CONNECTION_RESET, STATUS_INVALID_DEVICE_STATE (ended already); OpenWskError OWSK_CLOSED
   */
  async end(data: Uint8Array | string | null = null, limits: CallLimits = {}): Promise<void> {
    this.mustBeOpen('end');
    const buffer = data === null ? null : this.caller.buffer(bytesOf(data));
    await this.caller.call('WskDisconnect', (irp) => this.dispatch.WskDisconnect(this.socket, buffer, 0, irp), limits);
  }

  /** Breaks the connection off with a reset. The socket still has to be closed; a closed one needs no abort. */
  async abort(): Promise<void> {
    if (this.closing !== null) return;
    const call = (irp: Parameters<WSK_PROVIDER_CONNECTION_DISPATCH['WskDisconnect']>[3]) =>
      this.dispatch.WskDisconnect(this.socket, null, WSK_FLAG_ABORTIVE, irp);
    await this.caller.call('WskDisconnect', call);
  }

  /**
   * Closes the socket; what is pending fails with STATUS_CANCELLED. A connection that was not ended by both sides is
   * reset (on the system's sockets: unless this side was ended). Closing again is fine.
   */
  close(): Promise<void> {
    this.closing ??= this.caller
      .call('WskCloseSocket', (irp) => this.dispatch.WskCloseSocket(this.socket, irp))
      .then(() => {});
    return this.closing;
  }

  /** WSK itself would answer a call on a closed socket with a bug check (R25), which stops the machine. */
  private mustBeOpen(method: string): void {
    if (this.closing === null) return;
    throw new OpenWskError('OWSK_CLOSED', `${method} on a connection after its close(): read and write before closing`);
  }

  /** The bytes as they come, to the end of the stream. Closes the connection when the loop ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let bytes = await this.read(); bytes !== null; bytes = await this.read()) yield bytes;
    } finally {
      await this.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The bytes themselves, or those of a text in UTF-8. */
export const bytesOf = (data: Uint8Array | string): Uint8Array => {
  if (data instanceof Uint8Array) return data;
  if (typeof data === 'string') return new TextEncoder().encode(data);
  const what = data === null ? 'null' : typeof data;
  throw new OpenWskError('OWSK_INVALID_ARGUMENT', `data is ${what}; give a Uint8Array or a string`, 'data');
};
