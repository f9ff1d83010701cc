import {
  AF_INET,
  AF_INET6,
  NT_SUCCESS,
  type NTSTATUS,
  ntStatusName,
  SOCKADDR_IN,
  STATUS_DATA_NOT_ACCEPTED,
  STATUS_REQUEST_NOT_ACCEPTED,
  STATUS_SUCCESS,
  sockaddrToBytes,
} from '../../src/base/index.ts';
import type { IRP, KernelRoutine } from '../../src/kernel/index.ts';
import {
  type InputBuffer,
  IPPROTO_TCP,
  IPPROTO_UDP,
  NPI_WSK_INTERFACE_ID,
  SO_CONDITIONAL_ACCEPT,
  SO_WSK_EVENT_CALLBACK,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOCKET_ADDRESS_LIST,
  SOL_SOCKET,
  ULONG,
  WSK_EVENT_RECEIVE,
  WSK_FLAG_LISTEN_SOCKET,
  type WSK_SOCKET,
  WskInspectAccept,
  WskIoctl,
  WskSetOption,
} from '../../src/wsk/index.ts';
import { isImplemented } from '../../src/wsk/not-implemented.ts';
import type { SocketCategory } from '../../src/wsk/socket.ts';
import { newDatagramSocket } from '../support/datagrams.ts';
import { connection, Driver } from '../support/driver.ts';
import { World } from '../support/world.ts';
import { type Category, callbacks, categories, clientControlCodes, ioctls, options, providerFunctions } from './npi.ts';

/** What was found by asking OpenWSK itself: each name with whether it is there. */
export interface Found {
  readonly provider: ReadonlyMap<string, boolean>;
  readonly categories: readonly {
    readonly category: Category;
    /** The status that WskSocket ends with. */
    readonly status: string;
    /** Names of its dispatch table, in its order; empty when the category cannot be made. */
    readonly table: readonly string[];
    readonly functions: ReadonlyMap<string, boolean>;
  }[];
  readonly options: ReadonlyMap<string, boolean>;
  readonly ioctls: ReadonlyMap<string, boolean>;
  readonly clientControlCodes: ReadonlyMap<string, boolean>;
  readonly callbacks: ReadonlyMap<string, boolean>;
}

const PORT = 7;
/** Bytes that a call may write. */
const ROOM = 256;
/** 100 ms: long enough for whatever completes at all. */
const SOON = -1_000_000;

/** Every callback that wsk.h has, so that any of them can be enabled. */
const clientDispatch = {
  WskAcceptEvent: () => STATUS_REQUEST_NOT_ACCEPTED,
  WskInspectEvent: () => 0,
  WskAbortEvent: () => STATUS_SUCCESS,
  WskReceiveEvent: () => STATUS_DATA_NOT_ACCEPTED,
  WskReceiveFromEvent: () => STATUS_DATA_NOT_ACCEPTED,
  WskDisconnectEvent: () => STATUS_SUCCESS,
  WskSendBacklogEvent: () => STATUS_SUCCESS,
};

/** Asks a machine in a world of its own what it can do. */
export const probe = (): Found => {
  const world = new World();
  const server = world.machine();
  world.run(server, function* (nt) {
    const driver = yield* Driver.load(nt);
    driver.accept(yield* driver.listenSocket(PORT));
  });
  return world.run(world.machine(), function* (nt) {
    return yield* new Prober(yield* Driver.load(nt)).probe();
  });
};

class Prober {
  private readonly driver: Driver;
  /** Sockets to try things on: of each category that can be made, one new, one bound and, if that exists, one connected. */
  private readonly sockets: { category: SocketCategory; socket: WSK_SOCKET }[] = [];

  constructor(driver: Driver) {
    this.driver = driver;
  }

  *probe(): KernelRoutine<Found> {
    const found: Found['categories'][number][] = [];
    for (const category of categories) found.push(yield* this.tryCategory(category));
    this.sockets.push({ category: 'datagram', socket: yield* newDatagramSocket(this.driver, AF_INET6) });
    this.sockets.push({ category: 'connection', socket: yield* this.inspected() });
    const provider = this.driver.provider as unknown as Record<string, object>;
    return {
      provider: new Map(providerFunctions.map((name) => [name, isImplemented(provider[name])])),
      categories: found,
      options: yield* answers(options, ({ level, code }) => this.trySetOption(level, code)),
      ioctls: yield* answers(ioctls, ({ code }) => this.tryIoctl(code)),
      clientControlCodes: yield* answers(clientControlCodes, ({ code }) => this.tryControlClient(code)),
      callbacks: yield* answers(callbacks, ({ category, bit }) => this.tryCallback(category, bit)),
    };
  }

  private *tryCategory(category: Category): KernelRoutine<Found['categories'][number]> {
    const made = yield* this.create(category);
    const status = ntStatusName(made.status);
    if (made.socket === null) return { category, status, table: [], functions: new Map() };
    this.sockets.push({ category: category.category, socket: made.socket });
    const table = made.socket.Dispatch as unknown as Record<string, object>;
    const isThere = (name: string): boolean => name in table && isImplemented(table[name]);
    yield* this.prepare(category);
    return {
      category,
      status,
      table: Object.keys(table),
      functions: new Map(category.members.map((name) => [name, isThere(name)])),
    };
  }

  private *create({ value, protocol }: Category): KernelRoutine<{ status: NTSTATUS; socket: WSK_SOCKET | null }> {
    const { client, provider } = this.driver;
    const [type, number] = protocol === 'TCP' ? [SOCK_STREAM, IPPROTO_TCP] : [SOCK_DGRAM, IPPROTO_UDP];
    const stream = value === 8 ? { Listen: clientDispatch, Connect: clientDispatch } : clientDispatch;
    const dispatch = value === 0 ? null : stream;
    const call = yield* this.driver.call((irp) =>
      provider.WskSocket(client, AF_INET, type, number, value, null, dispatch, null, null, null, irp),
    );
    return { status: call.status, socket: NT_SUCCESS(call.status) ? call.socket : null };
  }

  /** A bound and, where the category connects, a connected socket. */
  private *prepare(category: Category): KernelRoutine<void> {
    for (const verb of ['WskBind', 'WskConnect']) {
      if (!category.members.includes(verb)) return;
      const { socket } = yield* this.create(category);
      if (socket === null) return;
      const local = new SOCKADDR_IN();
      yield* this.driver.call((irp) => connection(socket).WskBind(socket, local, 0, irp));
      const to = new SOCKADDR_IN('10.0.0.1', PORT);
      if (verb === 'WskConnect') {
        yield* this.driver.call((irp) => connection(socket).WskConnect(socket, to, 0, irp));
      }
      this.sockets.push({ category: category.category, socket });
    }
  }

  /** A connection that came in after WskInspectEvent had let it. */
  private *inspected(): KernelRoutine<WSK_SOCKET> {
    const { driver } = this;
    const listen = { ...clientDispatch, WskInspectEvent: () => WskInspectAccept };
    const { socket } = yield* driver.newSocket(WSK_FLAG_LISTEN_SOCKET, AF_INET, null, listen);
    yield* driver.setOption(socket, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
    yield* driver.bind(socket, new SOCKADDR_IN('0.0.0.0', PORT + 1));
    const accepting = driver.accept(socket);
    driver.connectEx(yield* driver.connectionSocket(), new SOCKADDR_IN('10.0.0.1', PORT + 1), null);
    return (yield* driver.wait(accepting)).socket;
  }

  private *trySetOption(level: number, code: number): KernelRoutine<boolean> {
    const eventCallback = level === SOL_SOCKET && code === SO_WSK_EVENT_CALLBACK;
    const input = eventCallback ? { NpiId: NPI_WSK_INTERFACE_ID, EventMask: WSK_EVENT_RECEIVE } : ULONG(1);
    return yield* this.control(WskSetOption, code, level, input, () => true);
  }

  private tryIoctl(code: number): KernelRoutine<boolean> {
    const address = new Uint8Array(16);
    sockaddrToBytes(new SOCKADDR_IN('10.0.0.1', PORT), address);
    return this.control(WskIoctl, code, 0, address, () => true);
  }

  private *tryCallback(category: SocketCategory, bit: number | null): KernelRoutine<boolean> {
    const [code, input] =
      bit === null
        ? [SO_CONDITIONAL_ACCEPT, ULONG(1)]
        : [SO_WSK_EVENT_CALLBACK, { NpiId: NPI_WSK_INTERFACE_ID, EventMask: bit }];
    return yield* this.control(WskSetOption, code, SOL_SOCKET, input, (of) => of === category);
  }

  /** Whether WskControlSocket takes this on any socket of the categories wanted. */
  private *control(
    type: number,
    code: number,
    level: number,
    input: InputBuffer,
    wanted: (category: SocketCategory) => boolean,
  ): KernelRoutine<boolean> {
    const size = input instanceof Uint8Array ? input.length : 8;
    for (const { category, socket } of this.sockets) {
      if (!wanted(category)) continue;
      for (const output of [new Uint8Array(ROOM), new SOCKET_ADDRESS_LIST()]) {
        const { WskControlSocket } = socket.Dispatch;
        const once = (irp: IRP | null): NTSTATUS =>
          WskControlSocket(socket, type, code, level, size, input, ROOM, output, { value: 0 }, irp);
        if (yield* this.accepted(once)) return true;
      }
    }
    return false;
  }

  /** On a client of its own, since some codes come before the first socket. */
  private *tryControlClient(code: number): KernelRoutine<boolean> {
    const { client, provider } = yield* Driver.load(this.driver.nt);
    const input = { NpiId: NPI_WSK_INTERFACE_ID, EventMask: WSK_EVENT_RECEIVE };
    return yield* this.accepted((irp) =>
      provider.WskControlClient(client, code, 8, input, ROOM, new Uint8Array(ROOM), { value: 0 }, irp),
    );
  }

  /** True when a call succeeds or goes on waiting, with an IRP or without one. */
  private *accepted(call: (irp: IRP | null) => NTSTATUS): KernelRoutine<boolean> {
    const withIrp = yield* this.driver.wait(this.driver.start(call), SOON);
    if (NT_SUCCESS(withIrp.returned) && (withIrp.completions === 0 || NT_SUCCESS(withIrp.status))) return true;
    return NT_SUCCESS(call(null));
  }
}

function* answers<T extends { readonly name: string }>(
  rows: readonly T[],
  ask: (row: T) => KernelRoutine<boolean>,
): KernelRoutine<Map<string, boolean>> {
  const map = new Map<string, boolean>();
  for (const row of rows) map.set(row.name, yield* ask(row));
  return map;
}
