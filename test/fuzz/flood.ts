import { Random } from '../../src/base/index.ts';
import { type LinkEnd, PacketArena, SimulatedLink } from '../../src/link/index.ts';
import { Host, type TcpProfile, windowsProfile } from '../../src/tcpip/index.ts';
import { MILLISECOND, SECOND, VirtualExecutor } from '../../src/time/index.ts';
import { ForgedPacket } from './forged-packet.ts';
import { Party } from './party.ts';
import { Post } from './post.ts';

/**
 * A server that is flooded with segments or fragments from everywhere, while a connection that was there before goes on
 * moving bytes, and datagrams in fragments come and go. The flood comes in over a link of its own, where its answers end.
 */
const SERVER = Int32Array.of(0x0a000002, 0, 0, 0);
const CLIENT = Int32Array.of(0x0a000001, 0, 0, 0);
const SERVER6 = Int32Array.of(0xfd000000 | 0, 0, 0, 2);
const CLIENT6 = Int32Array.of(0xfd000000 | 0, 0, 0, 1);
const PORT = 80;
/** Fragments of one datagram do not come all at once. */
const GIGABIT = 1e9;

export class Flood {
  readonly executor = new VirtualExecutor();
  readonly arena = new PacketArena({ maxPackets: 16_384 });
  readonly random: Random;
  readonly server: Host;
  readonly packet = new ForgedPacket();
  answers = 0;
  resets = 0;
  mostPackets = 0;
  mostConnections = 0;
  mostPending = 0;
  accepted = 0;
  readonly honest: Party;
  readonly post: Post;
  private honestServer: Party | null = null;
  private readonly client: Host;
  private readonly end: LinkEnd;

  /** @param bytes that the honest connection moves, each way */
  constructor(seed: number, bytes: number, profile: Partial<TcpProfile> = {}) {
    this.random = new Random(seed);
    const { executor, arena, random } = this;
    const link = new SimulatedLink({ executor, arena, random, settings: { delay: MILLISECOND, rate: GIGABIT } });
    const outside = new SimulatedLink({ executor, arena, random, settings: { delay: 1000 } });
    this.client = new Host({ name: 'client', executor, arena, random, profile: windowsProfile });
    this.client.addInterface(link, ['10.0.0.1/24', 'fd00::1/64']);
    this.server = new Host({ name: 'server', executor, arena, random, profile: { ...windowsProfile, ...profile } });
    this.server.addInterface(link, ['10.0.0.2/24', 'fd00::2/64']);
    const port = this.server.addInterface(outside, ['10.0.0.3/32']);
    this.server.addRoute('default', port);
    this.end = outside.attach({ receive: (packet) => this.hear(packet) }, 0, 'outside');
    const listener = this.server.tcp.listen(
      4,
      null,
      PORT,
      false,
      {
        onIncoming: () => {
          for (let found = listener.accept(); found !== null; found = listener.accept()) {
            const party = new Party(random, true, bytes, executor.now());
            party.isBusy = true;
            party.connection = found;
            found.client = party;
            if (found.path.remote0 !== 0x0a000001) this.accepted++;
            else if (this.honestServer === null) this.honestServer = party;
            if (party === this.honestServer) party.go();
          }
        },
      },
      { fastOpen: true },
    );
    this.listener = listener;
    this.honest = new Party(random, true, bytes, 0);
    this.honest.isBusy = true;
    this.connect(this.honest);
    this.post = new Post(
      random.fork(),
      [this.client, this.server],
      [
        [CLIENT, CLIENT6],
        [SERVER, SERVER6],
      ],
    );
    executor.runUntil(10 * MILLISECOND);
  }
  private readonly listener;

  private connect(party: Party): void {
    const path = this.client.pathTo(4, null, SERVER);
    if (typeof path === 'number') throw new Error('no path');
    const lease = this.client.ports.bindEphemeral(this.client.addressId(4, path.local))!;
    party.connection = this.client.tcp.connect(path, lease, PORT, party, {});
    this.client.ports.release(lease);
  }

  private hear(packet: number): void {
    this.answers++;
    const { view } = this.arena.chunkOf(packet);
    if ((view.getUint8(this.arena.baseOf(packet) + 33) & 4) !== 0) this.resets++;
    this.arena.release(packet);
  }

  /** Fills `packet` with a SYN from a random address. */
  syn(): ForgedPacket {
    const { packet, random } = this;
    packet.version = 4;
    packet.source.fill(0);
    packet.destination.set(SERVER);
    // Not from the client's network, and no loopback, multicast or zero.
    packet.source[0] = ((11 + random.below(100)) << 24) | random.below(0x1000000);
    packet.protocol = 6;
    packet.fragment = 0x4000;
    packet.hopLimit = 64;
    packet.ecn = packet.lengthLie = packet.extraLength = packet.urgent = packet.offsetLie = 0;
    packet.optionLength = packet.payload = packet.rawLength = packet.ack = 0;
    packet.goodChecksum = true;
    packet.flags = 2;
    packet.window = 0x4000;
    packet.seq = random.int32();
    packet.ports = ((1024 + random.below(60_000)) << 16) | PORT;
    return packet;
  }

  /**
   * Fills `packet` with a fragment that never finds its others: a first one, one in the middle, the last of something as
   * long as can be; or eight bytes that take a slot of their own in one of a few datagrams.
   * @param senders how many there are
   */
  fragment(version: 4 | 6, senders: number): ForgedPacket {
    const packet = this.syn();
    const { random } = this;
    const place = random.below(senders > 10 ? 6 : 300); // what is new drives out what is old
    const isSpread = place > 2;
    const offset = isSpread ? 256 * (1 + random.below(31)) : [0, random.below(8000), 8100][place];
    const more = place === 2 ? 0 : 1;
    const id = random.below(isSpread ? 24 : 0x10000);
    packet.version = version;
    packet.protocol = 17;
    packet.rawLength = isSpread ? 8 : 8 * (1 + random.below(place === 2 ? 60 : 150));
    packet.source[0] = (11 << 24) | random.below(senders);
    if (version === 4) packet.fragment = (id << 16) | (more * 0x2000) | offset;
    else {
      packet.source[0] |= 0x20000000;
      packet.destination.set(SERVER6);
      packet.chain(44, 8);
      packet.extra.set([0, 0, offset >> 5, ((offset << 3) & 0xff) | more, 0, 0, id >> 8, id]);
    }
    return packet;
  }

  throw(): void {
    const handle = this.packet.write(this.arena, this.random);
    if (handle !== 0) this.end.send(handle);
  }

  /** @param make fills the packet for each of `count`; a thousand in a millisecond */
  run(count: number, make: () => void): void {
    const { executor } = this;
    for (let i = 0; i < count; i++) {
      make();
      this.throw();
      if (i % 100 !== 99) continue;
      this.post.send();
      executor.runUntil(executor.now() + 100_000);
      this.mostPackets = Math.max(this.mostPackets, this.arena.liveCount);
      this.mostConnections = Math.max(this.mostConnections, this.server.tcp.connectionCount);
      this.mostPending = Math.max(this.mostPending, executor.pending);
    }
  }

  /** The conversation that was there before is over, and every byte of it arrived. */
  get isHonestDone(): boolean {
    const { honest, honestServer } = this;
    return (
      honestServer !== null &&
      honest.received === honestServer.total &&
      honestServer.received === honest.total &&
      honest.corruptAt < 0 &&
      honestServer.corruptAt < 0 &&
      honest.failure === null &&
      honestServer.failure === null
    );
  }

  /** Somebody new gets in. */
  opensAnother(): boolean {
    const party = new Party(this.random, true, 0, 0);
    this.connect(party);
    this.executor.runUntil(this.executor.now() + SECOND);
    return party.failure === null && party.connection !== null && party.connection.state >= 3;
  }

  /** @returns what is left once all is closed */
  finish(): Record<string, number> {
    this.executor.runUntil(this.executor.now() + 10 * SECOND);
    for (const connection of [this.honest.connection, this.honestServer?.connection]) connection?.close();
    this.listener.close();
    this.post.close();
    this.server.crash();
    this.client.crash();
    this.executor.run();
    return { packets: this.arena.liveCount, connections: this.server.tcp.connectionCount, heap: this.executor.pending };
  }
}
