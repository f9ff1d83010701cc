import { type SOCKADDR, SOCKADDR_STORAGE, STATUS_CANCELLED } from '../base/index.ts';
import type { WSK_PROVIDER_LISTEN_DISPATCH, WSK_SOCKET } from '../wsk/index.ts';
import type { Caller, CallLimits } from './caller.ts';
import { Connection } from './connection.ts';
import { WskError } from './wsk-error.ts';

/** A listening socket: `for await (const connection of listener) …` until it is closed. */
export class Listener implements AsyncIterable<Connection> {
  /** The WSK_SOCKET underneath, for calls that have no method here. */
  readonly socket: WSK_SOCKET;
  /** Where it listens; the port is the one taken when 0 was asked for. */
  readonly localAddress: SOCKADDR;
  private readonly caller: Caller;
  private closing: Promise<void> | null = null;

  constructor(caller: Caller, socket: WSK_SOCKET, localAddress: SOCKADDR) {
    this.caller = caller;
    this.socket = socket;
    this.localAddress = localAddress;
  }

  private get dispatch(): WSK_PROVIDER_LISTEN_DISPATCH {
    return this.socket.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
  }

  /**
   * The next connection. Several may be waited for; they are served in the order of the calls.
   * @throws WskError STATUS_CANCELLED once the listener is closed, STATUS_IO_TIMEOUT (the limit given)
   */
  async accept(limits: CallLimits = {}): Promise<Connection> {
    if (this.closing !== null) throw new WskError('WskAccept', STATUS_CANCELLED);
    // Asked for afterwards, the addresses might be gone with the connection.
    const [local, remote] = [new SOCKADDR_STORAGE(), new SOCKADDR_STORAGE()];
    const call = (irp: Parameters<WSK_PROVIDER_LISTEN_DISPATCH['WskAccept']>[6]) =>
      this.dispatch.WskAccept(this.socket, 0, null, null, local, remote, irp);
    const socket = (await this.caller.call('WskAccept', call, limits)) as WSK_SOCKET;
    return new Connection(this.caller, socket, local.address!, remote.address!);
  }

  /** Stops to listen; connections that were accepted go on. */
  close(): Promise<void> {
    this.closing ??= this.caller
      .call('WskCloseSocket', (irp) => this.dispatch.WskCloseSocket(this.socket, irp))
      .then(() => {});
    return this.closing;
  }

  /** Connections as they come, until the listener is closed. Leaving the loop does not close it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Connection, void, undefined> {
    for (;;) {
      try {
        yield await this.accept();
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
