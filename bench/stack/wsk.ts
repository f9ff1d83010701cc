import { AF_INET, parseSockaddr, STATUS_MORE_PROCESSING_REQUIRED, STATUS_SUCCESS } from '../../src/base/index.ts';
import type { IO_COMPLETION_ROUTINE, IRP, Ntoskrnl } from '../../src/kernel/index.ts';
import { Machine } from '../../src/sim/machine.ts';
import type { VirtualExecutor } from '../../src/time/index.ts';
import { StackTransport } from '../../src/transport/stack/index.ts';
import {
  IPPROTO_TCP,
  MAKE_WSK_VERSION,
  SO_RCVBUF,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
  ULONG,
  type WSK_BUF,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  type WSK_PROVIDER_LISTEN_DISPATCH,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
  type WSK_SOCKET,
  WskSetOption,
} from '../../src/wsk/index.ts';
import { makeNet } from './workload.ts';

/** The two workloads through WSK's own functions, one IRP per call in flight, as a driver would. Same definitions. */
const PIECE = 65_536;
const WINDOW = 262_144;
const [bytes, connections] = [Number(process.argv[2] ?? 5e8), Number(process.argv[3] ?? 20_000)];

/** A driver in the style of completion routines: `call` makes one WSK call and goes on in `then`. */
class Driver {
  readonly nt: Ntoskrnl;
  readonly npi = new WSK_PROVIDER_NPI();
  private readonly idle: IRP[] = [];

  constructor(machine: Machine, executor: VirtualExecutor) {
    this.nt = machine.nt;
    const registration = new WSK_REGISTRATION();
    const Dispatch = { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null } as const;
    machine.nt.WskRegister({ ClientContext: null, Dispatch }, registration);
    const { npi } = this;
    machine.run(function* (nt) {
      yield* nt.WskCaptureProviderNPI(registration, 0, npi);
    });
    executor.step();
  }

  call(start: (irp: IRP) => number, then: (irp: IRP) => void): void {
    start(this.ready(this.completed, then));
  }

  /** An IRP that is ready for a call and ends in `routine`, which gives it back by `done`. */
  ready(routine: IO_COMPLETION_ROUTINE, context: unknown): IRP {
    const { nt, idle } = this;
    const irp = idle.length > 0 ? idle.pop()! : nt.IoAllocateIrp(1, false)!;
    nt.IoReuseIrp(irp, STATUS_SUCCESS);
    nt.IoSetCompletionRoutine(irp, routine, context, true, true, true);
    return irp;
  }

  done(irp: IRP): number {
    if (irp.IoStatus.Status !== STATUS_SUCCESS) throw new Error(`status ${irp.IoStatus.Status}`);
    this.idle.push(irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
  }

  private readonly completed = (_device: object | null, irp: IRP, context: unknown): number => {
    (context as (irp: IRP) => void)(irp);
    return this.done(irp);
  };

  buffer(memory: Uint8Array): WSK_BUF {
    const Mdl = this.nt.IoAllocateMdl(memory, memory.length)!;
    this.nt.MmBuildMdlForNonPagedPool(Mdl);
    return { Mdl, Offset: 0, Length: memory.length };
  }

  socket(category: number, then: (socket: WSK_SOCKET) => void): void {
    const { Client, Dispatch } = this.npi;
    this.call(
      (irp) =>
        Dispatch.WskSocket(Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, category, null, null, null, null, null, irp),
      (irp) => then(irp.IoStatus.Information as WSK_SOCKET),
    );
  }

  listen(port: number, then: (socket: WSK_SOCKET) => void): void {
    this.socket(WSK_FLAG_LISTEN_SOCKET, (socket) => {
      const { WskBind, WskControlSocket } = socket.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
      const nothing = (): void => {};
      this.call(
        (irp) => WskControlSocket(socket, WskSetOption, SO_RCVBUF, SOL_SOCKET, 4, ULONG(WINDOW), 0, null, null, irp),
        nothing,
      );
      this.call(
        (irp) => WskControlSocket(socket, WskSetOption, TCP_NODELAY, IPPROTO_TCP, 4, ULONG(1), 0, null, null, irp),
        nothing,
      );
      this.call(
        (irp) => WskBind(socket, parseSockaddr(`10.0.0.2:${port}`), 0, irp),
        () => then(socket),
      );
    });
  }
}

const machines = () => {
  const net = makeNet(0);
  const { executor } = net;
  const [client, server] = [net.client, net.server].map(
    (host) => new Driver(new Machine({ executor, transport: new StackTransport(host) }), executor),
  );
  return { net, client, server };
};

const connection = (socket: WSK_SOCKET) => socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;

type Machines = ReturnType<typeof machines>;

const bulk = ({ net, client, server }: Machines): void => {
  let received = 0;
  server.listen(9, (listening) => {
    const { WskAccept } = listening.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
    server.call(
      (irp) => WskAccept(listening, 0, null, null, null, null, irp),
      (irp) => {
        const socket = irp.IoStatus.Information as WSK_SOCKET;
        const rooms = [0, 1].map(() => server.buffer(new Uint8Array(PIECE)));
        const receive = (room: WSK_BUF): void =>
          server.call(
            (irp) => connection(socket).WskReceive(socket, room, 0, irp),
            (irp) => {
              received += irp.IoStatus.Information as number;
              if (irp.IoStatus.Information !== 0) receive(room);
            },
          );
        rooms.forEach(receive);
      },
    );
  });
  net.executor.run();
  client.socket(WSK_FLAG_CONNECTION_SOCKET, (socket) => {
    const { WskBind, WskConnect, WskSend, WskDisconnect } = connection(socket);
    const piece = client.buffer(new Uint8Array(PIECE).map((_, i) => i));
    let left = Math.ceil(bytes / PIECE);
    const next = (): void => {
      if (left-- > 0) client.call((irp) => WskSend(socket, piece, 0, irp), next);
      else if (left === -1)
        client.call(
          (irp) => WskDisconnect(socket, null, 0, irp),
          () => {},
        );
    };
    client.call(
      (irp) => WskBind(socket, parseSockaddr('10.0.1.1:0'), 0, irp),
      () =>
        client.call(
          (irp) => WskConnect(socket, parseSockaddr('10.0.0.2:9'), 0, irp),
          () => {
            for (let i = 0; i < 8; i++) next();
          },
        ),
    );
  });
  net.executor.run();
  if (received < bytes) throw new Error(`received ${received}`);
};

/**
 * Short connections: routines of their own for each step and one object per connection, as a driver in C has them and
 * as the peers' harnesses and the workload at the level of tcpip do. What the client itself costs is not to be measured.
 */
class EchoServer {
  readonly driver: Driver;
  readonly answer: WSK_BUF;
  readonly room: WSK_BUF;
  private readonly listening: WSK_SOCKET;

  constructor(driver: Driver, listening: WSK_SOCKET) {
    this.driver = driver;
    this.listening = listening;
    this.answer = driver.buffer(new Uint8Array(100));
    this.room = driver.buffer(new Uint8Array(100));
    this.accept();
  }
  accept(): void {
    const { WskAccept } = this.listening.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
    WskAccept(this.listening, 0, null, null, null, null, this.driver.ready(accepted, this));
  }
}

class EchoConnection {
  readonly driver: Driver;
  readonly socket: WSK_SOCKET;
  readonly dispatch: WSK_PROVIDER_CONNECTION_DISPATCH;
  private readonly server: EchoServer;

  constructor(server: EchoServer, socket: WSK_SOCKET) {
    this.driver = server.driver;
    this.server = server;
    this.socket = socket;
    this.dispatch = connection(socket);
    this.receive();
  }
  receive(): void {
    this.dispatch.WskReceive(this.socket, this.server.room, 0, this.driver.ready(requestReceived, this));
  }
  answer(): void {
    this.dispatch.WskSend(this.socket, this.server.answer, 0, this.driver.ready(ended, this));
  }
  disconnect(): void {
    this.dispatch.WskDisconnect(this.socket, null, 0, this.driver.ready(disconnected, this));
  }
}

const accepted: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const server = context as EchoServer;
  new EchoConnection(server, irp.IoStatus.Information as WSK_SOCKET);
  server.driver.done(irp);
  server.accept();
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const requestReceived: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const echo = context as EchoConnection;
  const count = irp.IoStatus.Information;
  echo.driver.done(irp);
  if (count === 100) echo.answer();
  if (count !== 0) echo.receive();
  else echo.disconnect();
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const disconnected: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const echo = context as EchoConnection;
  echo.driver.done(irp);
  echo.dispatch.WskCloseSocket(echo.socket, echo.driver.ready(ended, echo));
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const ended: IO_COMPLETION_ROUTINE = (_device, irp, context) =>
  (context as { readonly driver: Driver }).driver.done(irp);

/** One connection after the other. */
class Asker {
  readonly driver: Driver;
  done = 0;
  socket!: WSK_SOCKET;
  dispatch!: WSK_PROVIDER_CONNECTION_DISPATCH;
  private readonly question: WSK_BUF;
  private readonly room: WSK_BUF;
  private readonly to = parseSockaddr('10.0.0.2:7');
  private readonly locals = Array.from({ length: 16 }, (_, i) => parseSockaddr(`10.0.1.${i + 1}:0`));

  constructor(driver: Driver) {
    this.driver = driver;
    this.question = driver.buffer(new Uint8Array(100));
    this.room = driver.buffer(new Uint8Array(100));
  }
  ask(): void {
    const { Client, Dispatch } = this.driver.npi;
    const irp = this.driver.ready(created, this);
    Dispatch.WskSocket(
      Client,
      AF_INET,
      SOCK_STREAM,
      IPPROTO_TCP,
      WSK_FLAG_CONNECTION_SOCKET,
      null,
      null,
      null,
      null,
      null,
      irp,
    );
  }
  bind(): void {
    this.dispatch.WskBind(this.socket, this.locals[this.done % 16], 0, this.driver.ready(bound, this));
  }
  connect(): void {
    this.dispatch.WskConnect(this.socket, this.to, 0, this.driver.ready(connected, this));
  }
  send(): void {
    this.dispatch.WskSend(this.socket, this.question, 0, this.driver.ready(ended, this));
  }
  receive(): void {
    this.dispatch.WskReceive(this.socket, this.room, 0, this.driver.ready(answerReceived, this));
  }
  disconnect(): void {
    this.dispatch.WskDisconnect(this.socket, null, 0, this.driver.ready(ended, this));
  }
  close(): void {
    this.dispatch.WskCloseSocket(this.socket, this.driver.ready(closed, this));
  }
}

const created: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const asker = context as Asker;
  asker.socket = irp.IoStatus.Information as WSK_SOCKET;
  asker.dispatch = connection(asker.socket);
  asker.driver.done(irp);
  asker.bind();
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const bound: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const asker = context as Asker;
  asker.driver.done(irp);
  asker.connect();
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const connected: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const asker = context as Asker;
  asker.driver.done(irp);
  asker.send();
  asker.receive();
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const answerReceived: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const asker = context as Asker;
  const count = irp.IoStatus.Information;
  asker.driver.done(irp);
  if (count === 0) asker.close();
  else {
    asker.disconnect();
    asker.receive();
  }
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const closed: IO_COMPLETION_ROUTINE = (_device, irp, context) => {
  const asker = context as Asker;
  asker.driver.done(irp);
  if (++asker.done < connections) asker.ask();
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const short = ({ net, client, server }: Machines): void => {
  server.listen(7, (listening) => void new EchoServer(server, listening));
  for (let i = 0; i < 100; i++) net.executor.step();
  const asker = new Asker(client);
  asker.ask();
  while (asker.done < connections && net.executor.step());
  if (asker.done < connections) throw new Error(`only ${asker.done} connections`);
};

/** The machines are made before the clock starts, as at the level of tcpip and as the peers' stacks are. */
const measure = (work: (on: Machines) => void): number => {
  const on = machines();
  const start = process.hrtime.bigint();
  work(on);
  return Number(process.hrtime.bigint() - start) / 1e9;
};

const bulkSeconds = measure(bulk);
const perConnection = (): number => Number(((measure(short) / connections) * 1e6).toFixed(2));
console.log(
  JSON.stringify({
    level: 'wsk',
    megabytesPerSecond: Math.round(bytes / bulkSeconds / 1e6),
    microsecondsPerConnection: perConnection(),
    warmMicrosecondsPerConnection: perConnection(),
  }),
);
