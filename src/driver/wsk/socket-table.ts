import { BugCheckCode } from '../../kernel/index.ts';
import type { WSK_SOCKET } from '../../wsk/index.ts';
import { SocketObject } from '../../wsk/socket.ts';
import type { Guest } from '../guest.ts';
import { WSK_SOCKET as Socket } from '../layout.ts';
import type { Loan } from '../lent-memory.ts';
import { GuestDispatch } from './client-dispatch.ts';

/** The tables of runtime/wsk-tables.c, by their numbers there. */
export const DispatchTable = { provider: 0, basic: 1, listen: 2, datagram: 3, connection: 4, stream: 5 } as const;

/** The WSK_SOCKETs that a driver knows: each is a small object in its memory, made when WSK hands it out. */
export class SocketTable {
  private readonly guest: Guest;
  private readonly sockets = new Map<number, SocketObject>();
  /** Where the driver made the call that gave it the socket. */
  private readonly makers = new Map<number, Error>();

  /** Their tables of callbacks. */
  private readonly loans = new Map<number, Loan>();

  constructor(guest: Guest) {
    this.guest = guest;
    guest.wsk.onSocketClosed = (socket) => this.closed(socket);
  }

  /** The address of a socket; 0 for what is none. */
  addressOf(object: object): number {
    if (!(object instanceof SocketObject)) return 0;
    const { pool, memory } = this.guest;
    const address = pool.allocate(Socket.size, 'object', 'socket');
    if (address === 0) return 0;
    memory.fill(address, Socket.size, 0);
    memory.write32(address, this.guest.dispatchTable(DispatchTable[object.category]));
    this.sockets.set(address, object);
    this.guest.pointers.name(object, address);
    const dispatch = object.clientDispatch;
    const loan = dispatch instanceof GuestDispatch ? dispatch.lend(`socket ${object.id}`) : null;
    if (loan !== null) this.loans.set(address, loan);
    return address;
  }

  /** A call's IRP has completed with this Information: the driver knows the socket by that call. */
  madeBy(address: number, where: Error | null): void {
    if (where !== null && this.sockets.has(address) && !this.makers.has(address)) this.makers.set(address, where);
  }

  /** The sockets that are there, with the place where the driver made them. */
  get all(): { readonly socket: SocketObject; readonly where: Error | null }[] {
    return [...this.sockets].map(([address, socket]) => ({ socket, where: this.makers.get(address) ?? null }));
  }

  at(address: number, call: string): WSK_SOCKET {
    const { memory, kernel } = this.guest;
    const socket = this.sockets.get(address);
    if (socket !== undefined) return socket;
    if (this.guest.pool.freed.get(address)?.tag === 'socket') {
      const message = `${call} on a socket that was closed: no call may follow WskCloseSocket`;
      kernel.bugCheck(BugCheckCode.DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL, address, 'R25', message);
    }
    memory.check(address, Socket.size, false, call);
    const message = `${call} on 0x${address.toString(16)}, which is no WSK_SOCKET`;
    return kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, address, 'R25', message);
  }

  private closed(socket: SocketObject): void {
    const address = this.guest.pointers.known(socket);
    if (address === 0) return;
    const loan = this.loans.get(address);
    if (loan !== undefined) this.guest.lent.takeBack(loan);
    this.loans.delete(address);
    this.sockets.delete(address);
    this.makers.delete(address);
    this.guest.pool.release(address, null);
  }
}
