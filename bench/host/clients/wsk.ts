import {
  AF_INET,
  NT_SUCCESS,
  type NTSTATUS,
  ntStatusName,
  type SOCKADDR,
  SOCKADDR_IN,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_UNSUCCESSFUL,
} from 'openwsk';
import { openHostMachine } from 'openwsk/host';
import type { IRP, KernelRoutine, ULONG_PTR } from 'openwsk/kernel';
import type { Nt } from 'openwsk/sim';
import {
  earlyDataOf,
  IPPROTO_TCP,
  MAKE_WSK_VERSION,
  SOCK_STREAM,
  TCP_FASTOPEN,
  ULONG,
  type WSK_BUF,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_INFINITE_WAIT,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
  type WSK_SOCKET,
  WskSetOption,
} from 'openwsk/wsk';
import {
  type BenchClient,
  BLOCK,
  countRequest,
  destinationOf,
  SENDS,
  type ShortRun,
  SIZE,
  sourceOf,
} from './bench-client.ts';

/** WSK's NPI on the system's sockets, driven by completion routines, with Fast Open. */
export const openWskClient = async (): Promise<BenchClient> => {
  const machine = await openHostMachine({ transport: 'koffi' });
  const registration = new WSK_REGISTRATION();
  const npi = new WSK_PROVIDER_NPI();
  await machine.run(function* (nt): KernelRoutine<void> {
    const Dispatch = { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null } as const;
    nt.WskRegister({ ClientContext: null, Dispatch }, registration);
    yield* nt.WskCaptureProviderNPI(registration, WSK_INFINITE_WAIT, npi);
  });
  const { nt, kernel } = machine;

  /** A promise for work that runs in completion routines; it also fails when the machine stops. */
  const finished = <T>(start: (resolve: (value: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      kernel.crashListeners.add(reject);
      start((value) => {
        kernel.crashListeners.delete(reject);
        resolve(value);
      });
    });

  const bulk = (port: number): Connector => {
    const connector = new Connector(nt, npi);
    connector.local = ANY;
    connector.remote = new SOCKADDR_IN('127.0.0.1', port);
    return connector;
  };

  return {
    short: ({ port, count, inFlight, pairs }: ShortRun) =>
      finished((resolve) => {
        const locals = Array.from({ length: pairs }, (_, i) => new SOCKADDR_IN(sourceOf(i, pairs)));
        const remotes = Array.from({ length: pairs }, (_, i) => new SOCKADDR_IN(destinationOf(i, pairs), port));
        let [begun, done, inSyn] = [0, 0, 0];
        const next = (exchange: Exchange): void => {
          exchange.local = locals[begun % pairs];
          exchange.remote = remotes[begun++ % pairs];
          exchange.begin();
        };
        for (let i = 0; i < Math.min(inFlight, count); i++) {
          const exchange = new Exchange(nt, npi, SIZE);
          exchange.ended = () => {
            if (exchange.wasInSyn) inSyn++;
            if (++done === count) resolve(inSyn);
            else if (begun < count) next(exchange);
          };
          next(exchange);
        }
      }),

    firstByte: (host, port, size) =>
      finished((resolve) => {
        const exchange = new Exchange(nt, npi, size);
        exchange.local = ANY;
        exchange.remote = new SOCKADDR_IN(host, port);
        const from = performance.now();
        let taken = 0;
        exchange.answered = () => (taken = performance.now() - from);
        exchange.ended = () => resolve(taken);
        exchange.begin();
      }),

    send: (port, bytes) =>
      finished((resolve) => {
        const connector = bulk(port);
        connector.connected = () => {
          let [toBegin, toEnd] = [bytes / BLOCK, bytes / BLOCK];
          const block = bufferOf(nt, new Uint8Array(BLOCK));
          for (let i = 0; i < SENDS; i++) {
            const call = new Call(nt);
            const next = (): void => {
              if (toBegin-- > 0) call.start(sent, (irp) => connector.dispatch.WskSend(connector.socket, block, 0, irp));
            };
            const sent = (): void => {
              if (--toEnd === 0) connector.disconnect(() => connector.drain(() => resolve()));
              else next();
            };
            next();
          }
        };
        connector.begin();
      }),

    receive: (port, bytes) =>
      finished((resolve) => {
        const connector = bulk(port);
        connector.first = bufferOf(nt, countRequest(bytes));
        connector.connected = () =>
          connector.drain((received) => {
            if (received !== bytes) throw new Error(`${received} bytes of ${bytes}`);
            resolve();
          });
        connector.begin();
      }),

    close: async () => {
      nt.WskReleaseProviderNPI(registration);
      await machine.run((nt) => nt.WskDeregister(registration));
      machine.close();
    },
  };
};

const ANY = new SOCKADDR_IN();
const ONE = ULONG(1);

const bufferOf = (nt: Nt, bytes: Uint8Array): WSK_BUF => {
  const Mdl = nt.IoAllocateMdl(bytes, bytes.length)!;
  nt.MmBuildMdlForNonPagedPool(Mdl);
  return { Mdl, Offset: 0, Length: bytes.length };
};

/** An IRP that is used again and again, and what to do when its call has completed. */
class Call {
  private readonly nt: Nt;
  private readonly irp: IRP;
  private next: (information: ULONG_PTR) => void = () => {};

  constructor(nt: Nt) {
    this.nt = nt;
    this.irp = nt.IoAllocateIrp(1, false)!;
  }

  start(next: (information: ULONG_PTR) => void, call: (irp: IRP) => NTSTATUS): void {
    const { nt, irp } = this;
    this.next = next;
    nt.IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
    nt.IoSetCompletionRoutine(irp, this.completed, null, true, true, true);
    call(irp);
  }

  free(): void {
    this.nt.IoFreeIrp(this.irp);
  }

  private readonly completed = (_device: object | null, irp: IRP): NTSTATUS => {
    const { Status, Information } = irp.IoStatus;
    if (!NT_SUCCESS(Status)) throw new Error(ntStatusName(Status));
    this.next(Information);
    return STATUS_MORE_PROCESSING_REQUIRED;
  };
}

/** WskSocket, WskBind, TCP_FASTOPEN, WskConnectEx; at the end WskDisconnect, WskCloseSocket. */
class Connector {
  local!: SOCKADDR;
  remote!: SOCKADDR;
  first: WSK_BUF | null = null;
  connected: () => void = () => {};
  socket!: WSK_SOCKET;
  protected readonly nt: Nt;
  protected readonly call: Call;
  private readonly npi: WSK_PROVIDER_NPI;

  constructor(nt: Nt, npi: WSK_PROVIDER_NPI) {
    this.nt = nt;
    this.npi = npi;
    this.call = new Call(nt);
  }

  get dispatch(): WSK_PROVIDER_CONNECTION_DISPATCH {
    return this.socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;
  }

  begin(): void {
    const { Client, Dispatch } = this.npi;
    const flags = WSK_FLAG_CONNECTION_SOCKET;
    this.call.start(this.created, (irp) =>
      Dispatch.WskSocket(Client, AF_INET, SOCK_STREAM, IPPROTO_TCP, flags, null, null, null, null, null, irp),
    );
  }

  private readonly created = (information: ULONG_PTR): void => {
    this.socket = information as WSK_SOCKET;
    this.call.start(this.bound, (irp) => this.dispatch.WskBind(this.socket, this.local, 0, irp));
  };

  private readonly bound = (): void =>
    this.call.start(this.optionSet, (irp) =>
      this.dispatch.WskControlSocket(this.socket, WskSetOption, TCP_FASTOPEN, IPPROTO_TCP, 4, ONE, 0, null, null, irp),
    );

  private readonly optionSet = (): void =>
    this.call.start(
      () => this.connected(),
      (irp) => this.dispatch.WskConnectEx(this.socket, this.remote, this.first, 0, irp),
    );

  disconnect(then: () => void): void {
    this.call.start(then, (irp) => this.dispatch.WskDisconnect(this.socket, null, 0, irp));
  }

  close(then: () => void): void {
    this.call.start(then, (irp) => this.dispatch.WskCloseSocket(this.socket, irp));
  }

  /** Receives to the peer's end, then closes. */
  drain(then: (received: number) => void): void {
    const room = bufferOf(this.nt, new Uint8Array(BLOCK));
    let whole = 0;
    const receive = (): void => this.call.start(received, (irp) => this.dispatch.WskReceive(this.socket, room, 0, irp));
    const received = (information: ULONG_PTR): void => {
      whole += information as number;
      if (information !== 0) receive();
      else this.close(() => then(whole));
    };
    receive();
  }
}

/** A request in WskConnectEx's Buffer, an answer of 100 bytes, a graceful end. Made once, used many times. */
class Exchange extends Connector {
  wasInSyn = false;
  answered: () => void = () => {};
  ended: () => void = () => {};
  private readonly answer: WSK_BUF;
  private received = 0;

  constructor(nt: Nt, npi: WSK_PROVIDER_NPI, size: number) {
    super(nt, npi);
    this.first = bufferOf(nt, new Uint8Array(size));
    this.answer = bufferOf(nt, new Uint8Array(BLOCK));
    this.connected = () => {
      this.wasInSyn = earlyDataOf(this.socket).bytesInSyn === size;
      this.received = 0;
      this.receive();
    };
  }

  private receive(): void {
    this.call.start(this.arrived, (irp) => this.dispatch.WskReceive(this.socket, this.answer, 0, irp));
  }

  private readonly arrived = (information: ULONG_PTR): void => {
    if (this.received === 0) this.answered();
    this.received += information as number;
    if (this.received < SIZE) this.receive();
    else this.disconnect(this.disconnected);
  };

  private readonly disconnected = (): void => this.close(() => this.ended());
}
