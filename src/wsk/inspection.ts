import type { SOCKADDR } from '../base/index.ts';
import type { SocketObject } from './socket.ts';
import { type WSK_INSPECT_ID, WskInspectAccept, WskInspectPend } from './structures.ts';
import type { InspectAction } from './transport.ts';

/** Conditional accept: the client looks at each connection before its handshake is answered. */
export class Inspection {
  private readonly socket: SocketObject;
  /** Connections that were let pass or left pending, by the transport's number. */
  private readonly open = new Map<number, { readonly id: WSK_INSPECT_ID; pending: boolean }>();

  constructor(socket: SocketObject) {
    this.socket = socket;
  }

  /** Asks WskInspectEvent. Without one, nothing is let in. */
  ask(number: number, local: SOCKADDR, remote: SOCKADDR): InspectAction {
    const { socket } = this;
    const ask = socket.listenDispatch?.WskInspectEvent;
    if (!ask || socket.isClosing) return 'reject';
    const id = { Key: number, SerialNumber: socket.wsk.kernel.newId() };
    const action = socket.callback('WskInspectEvent', 0, 0, () => ask(socket.SocketContext, local, remote, id));
    if (action !== WskInspectAccept && action !== WskInspectPend) return 'reject';
    this.open.set(number, { id, pending: action === WskInspectPend });
    return action === WskInspectPend ? 'pend' : 'accept';
  }

  /** @returns whether there is such an inspection and it was left pending */
  complete({ Key, SerialNumber }: WSK_INSPECT_ID, accept: boolean): boolean {
    const entry = this.open.get(Key);
    if (entry === undefined || !entry.pending || entry.id.SerialNumber !== SerialNumber) return false;
    entry.pending = false;
    if (!accept) this.open.delete(Key);
    this.socket.endpoint!.inspectComplete(Key, accept);
    return true;
  }

  /** The connection has come in: nothing more will be heard of its inspection. @returns what it was known by */
  cameIn(number: number): WSK_INSPECT_ID | null {
    const entry = this.open.get(number);
    this.open.delete(number);
    return entry?.id ?? null;
  }

  /** Inspections of connections that have neither come in nor gone. */
  get openCount(): number {
    return this.open.size;
  }

  /** The connection has gone before it was established. */
  aborted(number: number): void {
    const { socket } = this;
    const entry = this.open.get(number);
    this.open.delete(number);
    const tell = socket.listenDispatch?.WskAbortEvent;
    if (entry === undefined || !tell || socket.isClosing) return;
    socket.callback('WskAbortEvent', 0, 0, () => tell(socket.SocketContext, entry.id));
  }
}
