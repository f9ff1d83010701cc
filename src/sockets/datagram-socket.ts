import { OpenWskError, parseSockaddr, type SOCKADDR, SOCKADDR_STORAGE, STATUS_CANCELLED } from '../base/index.ts';
import type { WSK_PROVIDER_DATAGRAM_DISPATCH, WSK_SOCKET } from '../wsk/index.ts';
import type { Caller, CallLimits } from './caller.ts';
import { bytesOf } from './connection.ts';
import { WskError } from './wsk-error.ts';

/** Longer than any datagram. */
const ROOM = 65_536;

/** A received datagram. */
export interface Datagram {
  readonly from: SOCKADDR;
  /** Yours to keep. */
  readonly bytes: Uint8Array;
}

/**
 * A socket for datagrams (UDP): what is sent arrives whole or not at all. Close it, or loop over it, which goes on until
 * it is closed.
 * @example
 * const socket = await sockets.datagram('0.0.0.0:7');
 * for await (const { from, bytes } of socket) await socket.send(from, bytes);
 */
export class DatagramSocket implements AsyncIterable<Datagram> {
  /** The WSK_SOCKET underneath, for calls that have no method here. */
  readonly socket: WSK_SOCKET;
  /** Where it is bound; the port is the one taken when 0 was asked for. */
  readonly localAddress: SOCKADDR;
  private readonly caller: Caller;
  private closing: Promise<void> | null = null;

  constructor(caller: Caller, socket: WSK_SOCKET, localAddress: SOCKADDR) {
    this.caller = caller;
    this.socket = socket;
    this.localAddress = localAddress;
  }

  private get dispatch(): WSK_PROVIDER_DATAGRAM_DISPATCH {
    return this.socket.Dispatch as WSK_PROVIDER_DATAGRAM_DISPATCH;
  }

  /**
   * Sends one datagram (text as UTF-8). Leave the bytes unchanged until it is done.
   * @param to `10.0.0.2:7`, `[fd00::2]:7` or a SOCKADDR
   * @throws WskError STATUS_INVALID_BUFFER_SIZE (longer than a datagram can be), STATUS_NETWORK_UNREACHABLE,
   *   STATUS_INVALID_PARAMETER (an address of the other family), STATUS_INVALID_ADDRESS_COMPONENT (port 0); OpenWskError
   *   OWSK_INVALID_ADDRESS, OWSK_CLOSED
   */
  async send(to: SOCKADDR | string, data: Uint8Array | string, limits: CallLimits = {}): Promise<void> {
    if (this.closing !== null) throw new OpenWskError('OWSK_CLOSED', 'send on a datagram socket after its close()');
    const remote = typeof to === 'string' ? parseSockaddr(to) : to;
    const buffer = this.caller.buffer(bytesOf(data));
    const call = (irp: Parameters<WSK_PROVIDER_DATAGRAM_DISPATCH['WskSendTo']>[6]) =>
      this.dispatch.WskSendTo(this.socket, buffer, 0, remote, 0, null, irp);
    await this.caller.call('WskSendTo', call, limits);
  }

  /**
   * The next datagram. Several may be waited for; they are served in the order of the calls.
   * @throws WskError STATUS_CANCELLED once the socket is closed, STATUS_IO_TIMEOUT (the limit given)
   */
  async receive(limits: CallLimits = {}): Promise<Datagram> {
    if (this.closing !== null) throw new WskError('WskReceiveFrom', STATUS_CANCELLED);
    const room = new Uint8Array(ROOM);
    const from = new SOCKADDR_STORAGE();
    const buffer = this.caller.buffer(room);
    const call = (irp: Parameters<WSK_PROVIDER_DATAGRAM_DISPATCH['WskReceiveFrom']>[7]) =>
      this.dispatch.WskReceiveFrom(this.socket, buffer, 0, from, null, null, null, irp);
    const length = (await this.caller.call('WskReceiveFrom', call, limits)) as number;
    return { from: from.address!, bytes: room.slice(0, length) };
  }

  /** Closes the socket; what is pending fails with STATUS_CANCELLED. Closing again is fine. */
  close(): Promise<void> {
    this.closing ??= this.caller
      .call('WskCloseSocket', (irp) => this.dispatch.WskCloseSocket(this.socket, irp))
      .then(() => {});
    return this.closing;
  }

  /** Datagrams as they come, until the socket is closed. Leaving the loop does not close it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Datagram, void, undefined> {
    for (;;) {
      try {
        yield await this.receive();
      } catch (error) {
        if (error instanceof WskError && error.status === STATUS_CANCELLED) return;
        throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
