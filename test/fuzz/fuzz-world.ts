import {
  type NTSTATUS,
  ntStatusName,
  Random,
  STATUS_CONNECTION_REFUSED,
  STATUS_CONNECTION_RESET,
  STATUS_HOST_UNREACHABLE,
  STATUS_IO_TIMEOUT,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_PORT_UNREACHABLE,
  STATUS_PROTOCOL_UNREACHABLE,
} from '../../src/base/index.ts';
import { type Link, type LinkEnd, PacketArena, type PacketReceiver, SimulatedLink } from '../../src/link/index.ts';
import {
  answerHeld,
  CLOSED,
  ESTABLISHED,
  Host,
  type Listener,
  linuxProfile,
  refuseHeld,
  SYN_RECEIVED,
  type Tcb,
  type TcpProfile,
  TIME_WAIT,
  windowsProfile,
} from '../../src/tcpip/index.ts';
import { MILLISECOND, SECOND, VirtualExecutor } from '../../src/time/index.ts';
import { ForgedPacket } from './forged-packet.ts';
import { makeHarmless, makeHarmlessIcmp } from './harmless.ts';
import { forgeBehindIp } from './ip-forgery.ts';
import { mutate, mutateIcmp } from './mutate.ts';
import { Party } from './party.ts';
import { Cutter } from './pieces.ts';
import { mutateUdp, Post } from './post.ts';

/**
 * Two hosts that talk all the time, and somebody who knows every number of their connections and throws forged
 * packets at both. Some conversations are fair game: they may end in any legal way. The others get what must not
 * matter to them, and each of their bytes has to arrive.
 */
const PROTECTED = 6;
const VICTIMS = 26;
const PORT_PROTECTED = 80;
const PORT_VICTIMS = 81;
/** Victims too, whose SYN is answered later or refused (conditional accept). */
const PORT_INSPECTED = 82;
const V4 = [Int32Array.of(0x0a000001, 0, 0, 0), Int32Array.of(0x0a000002, 0, 0, 0)];
const V6 = [Int32Array.of(0xfd000000 | 0, 0, 0, 1), Int32Array.of(0xfd000000 | 0, 0, 0, 2)];
const LONGEST_LIFE = 30 * SECOND;
/** What a protected conversation may take, with all the answers that forgeries provoke. */
const PATIENCE = 300 * SECOND;

const LEGAL: readonly NTSTATUS[] = [
  STATUS_CONNECTION_RESET,
  STATUS_CONNECTION_REFUSED,
  STATUS_IO_TIMEOUT,
  STATUS_HOST_UNREACHABLE,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_PORT_UNREACHABLE,
  STATUS_PROTOCOL_UNREACHABLE,
];

interface Conversation {
  readonly isProtected: boolean;
  readonly client: Party;
  server: Party | null;
}

export class FuzzWorld {
  readonly executor = new VirtualExecutor();
  readonly arena: PacketArena;
  readonly hosts: readonly [Host, Host];
  injected = 0;
  /** Sees each forged packet; the bytes are good during the call. */
  onForged: ((bytes: Uint8Array) => void) | null = null;
  completed = 0;
  /** Conversations that a forgery ended. */
  killed = 0;
  mostPackets = 0;
  mostConnections = 0;
  mostPending = 0;
  private readonly random: Random;
  private readonly link: SimulatedLink;
  private readonly receivers: { receiver: PacketReceiver; port: number }[] = [];
  private readonly packet = new ForgedPacket();
  readonly post: Post;
  private readonly cutter: Cutter;
  private readonly talks: Conversation[] = [];
  private readonly strangers: Party[] = [];
  private readonly listeners: Listener[] = [];
  /** Handshakes that wait for a word. */
  private readonly held: Tcb[] = [];
  private quiet = false;
  private turns = 0;

  constructor(seed: number, maxPackets = 16_384) {
    this.random = new Random(seed);
    const { executor, random } = this;
    this.arena = new PacketArena({ maxPackets });
    const { arena } = this;
    this.link = new SimulatedLink({ executor, arena, random: random.fork(), settings: { delay: MILLISECOND } });
    this.hosts = [this.makeHost('a', 1), this.makeHost('b', 2)];
    for (const port of [PORT_PROTECTED, PORT_VICTIMS, PORT_INSPECTED]) this.listen(port);
    this.post = new Post(
      random.fork(),
      this.hosts,
      [0, 1].map((side) => [V4[side], V6[side]]),
    );
    this.cutter = new Cutter(arena, random.fork());
  }

  private makeHost(name: string, number: number): Host {
    const { executor, arena, random } = this;
    const base = random.below(2) === 0 ? windowsProfile : linuxProfile;
    const profile: TcpProfile = {
      ...base,
      timestamps: random.below(2) === 0 ? 'ask' : 'agree',
      ecn: random.below(2) === 0 ? 'ask' : 'agree',
      sack: random.below(4) > 0,
      congestionControl: random.below(2) === 0 ? 'cubic' : 'reno',
      timeWait: SECOND,
      receiveBuffer: 4096 << random.below(5),
      maxRto: 2 * SECOND,
      synRetries: 6,
      dataRetries: 15,
      backlog: random.below(3) === 0 ? 4 : 64, // a few forged SYNs bring SYN cookies
      fastOpenCookieless: random.below(3) === 0 ? 'both' : 'nobody',
    };
    const host = new Host({ name, executor, arena, random: random.fork(), profile });
    const port = host.addInterface(this.tapped(), [`10.0.0.${number}/24`, `fd00::${number}/64`]);
    host.addRoute('default', port);
    return host;
  }

  /** The link, remembering where packets to a host go in. */
  private tapped(): Link {
    return {
      name: 'wire',
      attach: (receiver, port, name): LinkEnd => {
        this.receivers.push({ receiver, port });
        return this.link.attach(receiver, port, name);
      },
    };
  }

  private listen(port: number): void {
    const [, server] = this.hosts;
    for (const version of [4, 6] as const) {
      const listener: Listener = server.tcp.listen(
        version,
        null,
        port,
        false,
        {
          onIncoming: () => this.takeIncoming(listener, port),
          onHandshake: (connection) => this.held.push(connection),
        },
        { fastOpen: true, inspects: port === PORT_INSPECTED },
      );
      this.listeners.push(listener);
    }
  }

  private takeIncoming(listener: Listener, port: number): void {
    for (let found = listener.accept(); found !== null; found = listener.accept()) {
      const isProtected = port === PORT_PROTECTED;
      const talk = this.talks.find(
        ({ client, server }) =>
          server === null &&
          client.connection !== null &&
          client.connection.localPort === found!.remotePort &&
          client.connection.path.version === found!.path.version &&
          found!.path.remote.every((word, i) => word === client.connection!.path.local[i]),
      );
      const total = this.random.below(isProtected ? 60_000 : 20_000);
      const party = new Party(this.random, isProtected && talk !== undefined, total, this.executor.now());
      party.connection = found;
      found.client = party;
      if (talk === undefined) this.strangers.push(party);
      else talk.server = party;
      if (found.state === CLOSED) party.onReset(found.resetStatus);
      party.onReadable();
      party.go();
    }
  }

  private open(isProtected: boolean): void {
    const { random } = this;
    const [host] = this.hosts;
    const isV4 = random.below(2) === 0;
    const path = host.pathTo(isV4 ? 4 : 6, null, (isV4 ? V4 : V6)[1]);
    if (typeof path === 'number') throw new Error('no path');
    const lease = host.ports.bindEphemeral(host.addressId(path.version, path.local));
    if (lease === null) throw new Error('no port');
    const total = random.below(isProtected ? 60_000 : 20_000);
    const early = random.below(2) === 0 ? Math.min(random.below(3000), total) : 0;
    const party = new Party(random, isProtected, total, this.executor.now(), early);
    party.isEager = random.below(4) > 0;
    const connection = host.tcp.connect(
      path,
      lease,
      isProtected ? PORT_PROTECTED : PORT_VICTIMS + random.below(2),
      party,
      {
        early: early > 0 ? Party.early(early) : null,
        fastOpen: random.below(2) === 0,
        noDelay: random.below(2) === 0,
        keepAlive: random.below(4) === 0,
      },
    );
    host.ports.release(lease);
    if (connection === null) return;
    party.connection = connection;
    this.talks.push({ isProtected, client: party, server: null });
  }

  /** Throws `count` packets, with a little virtual time in between. */
  run(count: number): void {
    for (const until = this.injected + count; this.injected < until; this.turns++) {
      if ((this.turns & 15) === 0) this.tend();
      this.inject();
    }
  }

  private inject(): void {
    const { random, packet, talks } = this;
    const talk = talks[random.below(talks.length)];
    const toServer = random.below(2);
    const party = toServer === 1 ? talk.server : talk.client;
    const held = party === null && !talk.isProtected ? this.held.at(-1) : undefined;
    const target: Tcb | null = held ?? party?.connection ?? null;
    if (target === null || target.state === CLOSED || target.state === TIME_WAIT) return;
    packet.begin(target);
    if (talk.isProtected) {
      if (target.state < SYN_RECEIVED) return;
      if (target.state >= ESTABLISHED && random.below(8) === 0) {
        mutateIcmp(random, packet, target);
        makeHarmlessIcmp(random, packet);
      } else makeHarmless(random, packet, target);
    } else {
      const kind = random.below(16);
      if (kind < 2) mutateIcmp(random, packet, target);
      else if (kind === 2) mutateUdp(random, packet);
      else mutate(random, packet, target);
    }
    // The peer of one that is not up would hear what is wrong with it, and may give up.
    const mayDisguise = !talk.isProtected || target.state >= ESTABLISHED;
    if (mayDisguise && random.below(8) === 0) forgeBehindIp(random, packet);
    const handle = packet.write(this.arena, random);
    if (handle === 0) return;
    if (random.below(16) === 0 && packet.isPlain) this.cutter.throw(handle, (piece) => this.throw(piece, toServer));
    else this.throw(handle, toServer);
  }

  private throw(packet: number, side: number): void {
    const { receiver, port } = this.receivers[side];
    this.injected++;
    this.onForged?.(this.arena.bytesOf(packet));
    receiver.receive(packet, port);
  }

  /** Time passes, slow readers read, what is over makes room for the next. */
  private tend(): void {
    const { executor, random, talks } = this;
    executor.runUntil(executor.now() + random.below(1_500_000));
    if (random.below(4) === 0) this.post.send();
    if (random.below(2) === 0) this.answer();
    if (random.below(512) === 0) this.hosts[1].tcp.fastOpenServer.rotate(Int32Array.from(V6[0], () => random.int32()));
    if (random.below(8) === 0 && talks.length > 0) {
      const { client, server } = talks[random.below(talks.length)];
      client.drain();
      server?.drain();
    }
    if ((this.turns & 255) !== 0) return;
    this.mostPackets = Math.max(this.mostPackets, this.arena.liveCount);
    this.mostPending = Math.max(this.mostPending, executor.pending);
    const connections = this.hosts[0].tcp.connectionCount + this.hosts[1].tcp.connectionCount;
    this.mostConnections = Math.max(this.mostConnections, connections);
    for (let i = talks.length - 1; i >= 0; i--) this.look(talks[i], i);
    for (let i = this.strangers.length - 1; i >= 0; i--) {
      const stranger = this.strangers[i];
      this.checkStatus(stranger);
      if (!stranger.isOver && executor.now() - stranger.bornAt < SECOND) continue;
      stranger.connection?.abort();
      stranger.connection?.close();
      this.strangers.splice(i, 1);
    }
    if (this.quiet) return;
    const count = talks.filter(({ isProtected }) => isProtected).length;
    for (let i = count; i < PROTECTED; i++) this.open(true);
    for (let i = talks.length; i < PROTECTED + VICTIMS; i++) this.open(false);
  }

  /** One that waits for a word gets it. */
  private answer(): void {
    const connection = this.held.shift();
    if (connection === undefined || connection.state === CLOSED) return;
    if (this.random.below(4) === 0) refuseHeld(connection);
    else answerHeld(connection);
  }

  private look(talk: Conversation, index: number): void {
    const { client, server, isProtected } = talk;
    const age = this.executor.now() - client.bornAt;
    for (const party of [client, server]) {
      if (party === null) continue;
      this.checkStatus(party);
      if (party.connection !== null && party.connection.receiveQueue.bytes > 2 * party.connection.receiveBuffer) {
        throw new Error(
          `${party.connection.receiveQueue.bytes} bytes wait in a buffer of ${party.connection.receiveBuffer}`,
        );
      }
    }
    const isOver = client.isOver && (server === null || server.isOver);
    if (isProtected) {
      if (age > PATIENCE) throw new Error(`a protected conversation does not end: ${this.describe(talk)}`);
      if (!isOver) return;
      this.checkComplete(talk);
      this.completed++;
    } else {
      if (!isOver && age < LONGEST_LIFE) return;
      this.killed++;
      for (const party of [client, server]) {
        if (!party?.isOver) party?.connection?.abort();
      }
    }
    client.connection?.close();
    server?.connection?.close();
    this.talks.splice(index, 1);
  }

  private checkStatus({ failure }: Party): void {
    if (failure !== null && !LEGAL.includes(failure)) throw new Error(`ended with ${ntStatusName(failure)}`);
  }

  private checkComplete(talk: Conversation): void {
    const { client, server } = talk;
    const good =
      server !== null &&
      client.failure === null &&
      server.failure === null &&
      client.corruptAt < 0 &&
      server.corruptAt < 0 &&
      client.gotEnd &&
      server.gotEnd &&
      client.received === server.total &&
      server.received === client.total;
    if (!good) throw new Error(`a protected conversation was disturbed: ${this.describe(talk)}`);
  }

  private describe({ client, server }: Conversation): string {
    const one = (party: Party | null): string =>
      party === null
        ? 'none'
        : `${party.received} bytes, end ${party.gotEnd}, corrupt at ${party.corruptAt}, state ${party.connection?.state}, ` +
          `${party.failure === null ? 'no failure' : ntStatusName(party.failure)}`;
    return `packet ${this.injected}, client ${one(client)} of ${server?.total}; server ${one(server)} of ${client.total}`;
  }

  /** No more forgeries: protected conversations run to their end, the rest is closed. @returns what is left then */
  finish(): Record<string, number> {
    const { executor, hosts } = this;
    this.quiet = true;
    for (let i = 0; i < 2000 && this.talks.some(({ isProtected }) => isProtected); i++) {
      executor.runUntil(executor.now() + 500 * MILLISECOND);
      for (const { client, server } of this.talks) {
        client.drain();
        server?.drain();
      }
      for (let j = this.talks.length - 1; j >= 0; j--) this.look(this.talks[j], j);
    }
    for (const { client, server } of this.talks) {
      for (const party of [client, server]) {
        party?.connection?.abort();
        party?.connection?.close();
      }
    }
    for (const { connection } of this.strangers) {
      connection?.abort();
      connection?.close();
    }
    for (const listener of this.listeners) listener.close();
    this.post.close();
    executor.run();
    return {
      heap: executor.pending,
      packets: this.arena.liveCount,
      ports: hosts.reduce((sum, { ports, udpPorts }) => sum + ports.size + udpPorts.size, 0),
      connections: hosts[0].tcp.connectionCount + hosts[1].tcp.connectionCount,
      timeWaits: hosts[0].tcp.timeWait.size + hosts[1].tcp.timeWait.size,
      paths: hosts[0].paths.inUse + hosts[1].paths.inUse,
    };
  }
}
