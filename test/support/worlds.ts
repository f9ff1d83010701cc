import { type SOCKADDR, SOCKADDR_IN } from '../../src/base/index.ts';
import type { KernelRoutine } from '../../src/kernel/index.ts';
import { type HostTransportKind, hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { type Machine, type MachineOptions, type Nt, Simulation } from '../../src/sim/index.ts';
import { MILLISECOND, RealExecutor } from '../../src/time/index.ts';
import type { WSK_SOCKET } from '../../src/wsk/index.ts';
import { connection, Driver, listener } from './driver.ts';
import { World } from './world.ts';

type MachineChoices = Pick<MachineOptions, 'policy' | 'schedule'>;

/** A machine, however it is made. */
export type TestMachine = Pick<Machine, 'kernel' | 'wsk' | 'nt' | 'run'>;

/** Two machines that reach each other, on one of the transports. The same tests run on each. */
export interface TestWorld {
  readonly client: TestMachine;
  readonly server: TestMachine;
  /** The server's address, as its clients write it. */
  readonly serverHost: string;
  run<T>(machine: TestMachine, main: (nt: Nt) => KernelRoutine<T>): Promise<T>;
  /** Lets everything happen that is under way. */
  settle(): Promise<void>;
  dispose(): void;
}

export interface WorldKind {
  readonly name: string;
  /** Why this transport cannot be had here, or null. */
  readonly obstacle: string | null;
  /** Why a socket bound to the wildcard address and port 0 does not know its port before it connects, or null. */
  readonly portUnknown: string | null;
  /** Why nobody can tell which address a datagram was sent to, or null. */
  readonly noPacketInfo: string | null;
  open(choices?: MachineChoices): Promise<TestWorld>;
}

const memory: WorldKind = {
  name: 'MemoryTransport',
  obstacle: null,
  portUnknown: null,
  noPacketInfo: null,
  open: async (choices = {}) => {
    const world = new World();
    return {
      client: world.machine(choices),
      server: world.machine(choices),
      serverHost: '10.0.0.2',
      run: async (machine, main) => world.run(machine as Machine, main),
      settle: async () => {
        world.executor.run();
        // Promise reactions, ticks and streams have their turn.
        await new Promise((resolve) => setImmediate(resolve));
      },
      dispose: () => {},
    };
  },
};

/** Our own stack: two machines, 40 ms apart. */
const stack: WorldKind = {
  name: 'StackTransport',
  obstacle: null,
  portUnknown: null,
  noPacketInfo: null,
  open: async (choices = {}) => {
    const simulation = new Simulation();
    const [client, server] = [simulation.addMachine('client', choices), simulation.addMachine('server', choices)];
    const settings = { delay: 20 * MILLISECOND };
    simulation.connect(client, ['10.0.0.1/24', 'fd00::1/64'], server, ['10.0.0.2/24', 'fd00::2/64'], settings);
    return {
      client,
      server,
      serverHost: '10.0.0.2',
      run: (machine, main) => simulation.run(() => machine.run(main), simulation.now() / MILLISECOND + 60_000),
      settle: async () => {
        simulation.runUntil(simulation.now() + 500 * MILLISECOND);
        await eventLoopTurns();
      },
      dispose: () => {},
    };
  },
};

/** Loopback hands bytes over inside the system call: what is under way is seen within a few turns. */
const eventLoopTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const system =
  (transport: HostTransportKind) =>
  async (choices: MachineChoices = {}) => {
    const executor = new RealExecutor();
    const client = await openHostMachine({ executor, transport, ...choices });
    const server = await openHostMachine({ executor, transport, ...choices });
    return {
      client,
      server,
      serverHost: '127.0.0.1',
      run: <T>(machine: TestMachine, main: (nt: Nt) => KernelRoutine<T>) => machine.run(main),
      settle: eventLoopTurns,
      dispose: () => {
        client.close();
        server.close();
      },
    };
  };

const host: WorldKind = {
  name: 'HostTransport',
  obstacle: await hostObstacle(),
  portUnknown: null,
  noPacketInfo: null,
  open: system('koffi'),
};

const net: WorldKind = {
  name: 'NetTransport',
  obstacle: null,
  portUnknown: 'net binds when it connects',
  noPacketInfo: 'dgram does not tell',
  open: system('net'),
};

export const worldKinds: readonly WorldKind[] = [memory, stack, host, net];

export const skipText = ({ name, obstacle }: WorldKind): string =>
  obstacle === null ? name : `${name} (skipped: ${obstacle})`;

/** A loaded driver on each machine, a listener on the server, and the address that leads to it. */
export interface Pair {
  readonly world: TestWorld;
  readonly client: Driver;
  readonly server: Driver;
  readonly listening: WSK_SOCKET;
  readonly to: SOCKADDR;
}

export const openPair = async (kind: WorldKind, choices: MachineChoices = {}, fastOpen = true): Promise<Pair> => {
  const world = await kind.open(choices);
  const client = await world.run(world.client, (nt) => Driver.load(nt));
  const server = await world.run(world.server, (nt) => Driver.load(nt));
  const local = new SOCKADDR_IN();
  const listening = await world.run(world.server, function* () {
    const socket = yield* server.listenSocket(0, fastOpen);
    yield* server.call((irp) => listener(socket).WskGetLocalAddress(socket, local, irp));
    return socket;
  });
  return { world, client, server, listening, to: new SOCKADDR_IN(world.serverHost, local.sin_port) };
};

/** A connection: both ends connected. */
export interface Connected extends Pair {
  readonly near: WSK_SOCKET;
  readonly far: WSK_SOCKET;
}

export const openConnected = async (kind: WorldKind, choices: MachineChoices = {}): Promise<Connected> => {
  const pair = await openPair(kind, choices);
  const { world, client, server, listening, to } = pair;
  const accepting = server.accept(listening);
  const near = await world.run(world.client, function* () {
    const socket = yield* client.connectionSocket();
    yield* client.call((irp) => connection(socket).WskConnect(socket, to, 0, irp));
    return socket;
  });
  const { socket: far } = await world.run(world.server, () => server.wait(accepting));
  return { ...pair, near, far };
};
