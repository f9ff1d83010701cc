import { type SOCKADDR, STATUS_PENDING } from '../../base/index.ts';
import type {
  PFN_WSK_ABORT_EVENT,
  PFN_WSK_ACCEPT_EVENT,
  PFN_WSK_DISCONNECT_EVENT,
  PFN_WSK_INSPECT_EVENT,
  PFN_WSK_RECEIVE_EVENT,
  PFN_WSK_RECEIVE_FROM_EVENT,
  PFN_WSK_SEND_BACKLOG_EVENT,
  WSK_CLIENT_CONNECTION_DISPATCH,
  WSK_CLIENT_DATAGRAM_DISPATCH,
  WSK_CLIENT_LISTEN_DISPATCH,
  WSK_CLIENT_STREAM_DISPATCH,
  WSK_INSPECT_ID,
} from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import {
  CLIENT_CONNECTION_DISPATCH as Connection,
  CLIENT_DATAGRAM_DISPATCH as Datagram,
  WSK_INSPECT_ID as InspectId,
  CLIENT_LISTEN_DISPATCH as Listen,
  CLIENT_STREAM_DISPATCH as Stream,
} from '../layout.ts';
import type { Loan } from '../lent-memory.ts';
import { SOCKADDR_ROOM, writeSockaddr } from './arguments.ts';

/**
 * A driver's tables of callbacks, read where they lie at each event: they have to outlive the sockets that use them
 * (R28). What callbacks are given by pointer lies in memory that is theirs during the call.
 */
export abstract class GuestDispatch {
  protected readonly guest: Guest;
  protected readonly address: number;
  /** Where the driver gave it to WSK, if its memory may go. */
  private readonly where: Error | null;

  constructor(guest: Guest, address: number) {
    this.guest = guest;
    this.address = address;
    this.where = guest.pool.mayBeFreed(address) ? guest.places.here() : null;
  }

  /** R28: the table stays until it is given back. One among the driver's constants stays by itself. @param name of who uses it */
  lend(name: string): Loan | null {
    if (this.where === null) return null;
    const pieces = [{ address: this.address, size: 4, what: 'the table of callbacks' }];
    return this.guest.lent.lend(pieces, name, 'R28', this.where);
  }

  protected member(offset: number): number {
    return this.guest.memory.readU32(this.address + offset);
  }

  /** Memory for the parameters of one callback. */
  protected withRoom<T>(size: number, use: (address: number) => T): T {
    const address = this.guest.allocateInternal(size);
    this.guest.memory.fill(address, size, 0);
    try {
      return use(address);
    } finally {
      this.guest.pool.release(address);
    }
  }

  protected sockaddr(address: number, from: SOCKADDR | null): number {
    if (from === null) return 0;
    writeSockaddr(this.guest, address, from);
    return address;
  }
}

export class ListenDispatch extends GuestDispatch implements WSK_CLIENT_LISTEN_DISPATCH {
  get WskAcceptEvent(): PFN_WSK_ACCEPT_EVENT | null {
    const fn = this.member(Listen.WskAcceptEvent);
    if (fn === 0) return null;
    return (context, flags, local, remote, socket, socketContext, socketDispatch) =>
      this.withRoom(2 * SOCKADDR_ROOM + 16, (at) => {
        const { guest } = this;
        const out = at + 2 * SOCKADDR_ROOM;
        const status = guest.calls.callback(fn, [
          Number(context ?? 0),
          flags,
          this.sockaddr(at, local),
          this.sockaddr(at + SOCKADDR_ROOM, remote),
          guest.pointers.addressOf(socket),
          out,
          out + 4,
        ]);
        socketContext.value = guest.memory.readU32(out);
        socketDispatch.value = connectionDispatch(guest, guest.memory.readU32(out + 4));
        return status | 0;
      });
  }

  get WskInspectEvent(): PFN_WSK_INSPECT_EVENT | null {
    const fn = this.member(Listen.WskInspectEvent);
    if (fn === 0) return null;
    return (context, local, remote, id) =>
      this.withRoom(2 * SOCKADDR_ROOM + InspectId.size, (at) => {
        const idAt = id === null ? 0 : this.inspectId(at + 2 * SOCKADDR_ROOM, id);
        const addresses = [this.sockaddr(at, local), this.sockaddr(at + SOCKADDR_ROOM, remote)];
        return this.guest.calls.callback(fn, [Number(context ?? 0), ...addresses, idAt]) | 0;
      });
  }

  get WskAbortEvent(): PFN_WSK_ABORT_EVENT | null {
    const fn = this.member(Listen.WskAbortEvent);
    if (fn === 0) return null;
    return (context, id) =>
      this.withRoom(InspectId.size, (at) =>
        this.guest.calls.callback(fn, [Number(context ?? 0), this.inspectId(at, id)]),
      ) | 0;
  }

  private inspectId(at: number, { Key, SerialNumber }: WSK_INSPECT_ID): number {
    this.guest.memory.write32(at + InspectId.Key, Key);
    this.guest.memory.write32(at + InspectId.SerialNumber, SerialNumber);
    return at;
  }
}

export class ConnectionDispatch extends GuestDispatch implements WSK_CLIENT_CONNECTION_DISPATCH {
  get WskReceiveEvent(): PFN_WSK_RECEIVE_EVENT | null {
    const fn = this.member(Connection.WskReceiveEvent);
    if (fn === 0) return null;
    return (context, flags, indication, bytes, accepted) =>
      this.withRoom(8, (at) => {
        const { guest } = this;
        const shown = indication === null ? 0 : guest.dataIndications.show(indication);
        guest.memory.write32(at, bytes);
        const status = guest.calls.callback(fn, [Number(context ?? 0), flags, shown, bytes, at]) | 0;
        accepted.value = guest.memory.readU32(at);
        if (shown !== 0 && status !== STATUS_PENDING) guest.dataIndications.release(shown);
        return status;
      });
  }

  get WskDisconnectEvent(): PFN_WSK_DISCONNECT_EVENT | null {
    const fn = this.member(Connection.WskDisconnectEvent);
    if (fn === 0) return null;
    return (context, flags) => this.guest.calls.callback(fn, [Number(context ?? 0), flags]) | 0;
  }

  get WskSendBacklogEvent(): PFN_WSK_SEND_BACKLOG_EVENT | null {
    const fn = this.member(Connection.WskSendBacklogEvent);
    if (fn === 0) return null;
    return (context, size) => this.guest.calls.callback(fn, [Number(context ?? 0), size]) | 0;
  }
}

export class DatagramDispatch extends GuestDispatch implements WSK_CLIENT_DATAGRAM_DISPATCH {
  get WskReceiveFromEvent(): PFN_WSK_RECEIVE_FROM_EVENT | null {
    const fn = this.member(Datagram.WskReceiveFromEvent);
    if (fn === 0) return null;
    return (context, flags, indication) => {
      const { calls, datagramIndications } = this.guest;
      const shown = indication === null ? 0 : datagramIndications.show(indication);
      const status = calls.callback(fn, [Number(context ?? 0), flags, shown]) | 0;
      if (shown !== 0 && status !== STATUS_PENDING) datagramIndications.release(shown);
      return status;
    };
  }
}

export class StreamDispatch extends GuestDispatch implements WSK_CLIENT_STREAM_DISPATCH {
  get Listen(): WSK_CLIENT_LISTEN_DISPATCH | null {
    const address = this.member(Stream.Listen);
    return address === 0 ? null : new ListenDispatch(this.guest, address);
  }
  get Connect(): WSK_CLIENT_CONNECTION_DISPATCH | null {
    return connectionDispatch(this.guest, this.member(Stream.Connect));
  }
}

export const connectionDispatch = (guest: Guest, address: number): ConnectionDispatch | null =>
  address === 0 ? null : new ConnectionDispatch(guest, address);
