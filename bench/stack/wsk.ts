import { AF_INET, parseSockaddr, STATUS_MORE_PROCESSING_REQUIRED, STATUS_SUCCESS } from '../../src/base/index.ts';
import type { IRP, Ntoskrnl } from '../../src/kernel/index.ts';
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
    const { nt, idle } = this;
    const irp = idle.pop() ?? nt.IoAllocateIrp(1, false)!;
    nt.IoReuseIrp(irp, STATUS_SUCCESS);
    nt.IoSetCompletionRoutine(irp, this.completed, then, true, true, true);
    start(irp);
  }

  private readonly completed = (_device: object | null, irp: IRP, context: unknown): number => {
    if (irp.IoStatus.Status !== STATUS_SUCCESS) throw new Error(`status ${irp.IoStatus.Status}`);
    (context as (irp: IRP) => void)(irp);
    this.idle.push(irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
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

const bulk = (): void => {
  const { net, client, server } = machines();
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

const short = (): void => {
  const { net, client, server } = machines();
  const to = parseSockaddr('10.0.0.2:7');
  const locals = Array.from({ length: 16 }, (_, i) => parseSockaddr(`10.0.1.${i + 1}:0`));
  const hundred = new Uint8Array(100);
  const [question, answer] = [client.buffer(hundred), server.buffer(hundred)];
  const rooms = { client: client.buffer(new Uint8Array(100)), server: server.buffer(new Uint8Array(100)) };

  const serve = (socket: WSK_SOCKET): void => {
    const { WskReceive, WskSend, WskDisconnect, WskCloseSocket } = connection(socket);
    const receive = (): void =>
      server.call(
        (irp) => WskReceive(socket, rooms.server, 0, irp),
        (irp) => {
          if (irp.IoStatus.Information === 100)
            server.call(
              (irp) => WskSend(socket, answer, 0, irp),
              () => {},
            );
          if (irp.IoStatus.Information !== 0) receive();
          else {
            server.call(
              (irp) => WskDisconnect(socket, null, 0, irp),
              () =>
                server.call(
                  (irp) => WskCloseSocket(socket, irp),
                  () => {},
                ),
            );
          }
        },
      );
    receive();
  };
  server.listen(7, (listening) => {
    const { WskAccept } = listening.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
    const accept = (): void =>
      server.call(
        (irp) => WskAccept(listening, 0, null, null, null, null, irp),
        (irp) => {
          serve(irp.IoStatus.Information as WSK_SOCKET);
          accept();
        },
      );
    accept();
  });
  for (let i = 0; i < 100; i++) net.executor.step();

  let done = 0;
  const ask = (): void =>
    client.socket(WSK_FLAG_CONNECTION_SOCKET, (socket) => {
      const { WskBind, WskConnect, WskSend, WskReceive, WskDisconnect, WskCloseSocket } = connection(socket);
      const close = (): void =>
        client.call(
          (irp) => WskCloseSocket(socket, irp),
          () => {
            if (++done < connections) ask();
          },
        );
      const receive = (): void =>
        client.call(
          (irp) => WskReceive(socket, rooms.client, 0, irp),
          (irp) => {
            if (irp.IoStatus.Information === 0) close();
            else {
              client.call(
                (irp) => WskDisconnect(socket, null, 0, irp),
                () => {},
              );
              receive();
            }
          },
        );
      client.call(
        (irp) => WskBind(socket, locals[done % 16], 0, irp),
        () =>
          client.call(
            (irp) => WskConnect(socket, to, 0, irp),
            () => {
              client.call(
                (irp) => WskSend(socket, question, 0, irp),
                () => {},
              );
              receive();
            },
          ),
      );
    });
  ask();
  while (done < connections && net.executor.step());
  if (done < connections) throw new Error(`only ${done} connections`);
};

const measure = (work: () => void): number => {
  const start = process.hrtime.bigint();
  work();
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
