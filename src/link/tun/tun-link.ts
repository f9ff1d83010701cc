import { constants } from 'node:os';
import { OpenWskError } from '../../base/index.ts';
import { EPOLLIN, EPOLLOUT, type Libc } from '../../system/libc.ts';
import type { Reactor, ReadinessTarget } from '../../system/reactor.ts';
import type { Clock } from '../../time/index.ts';
import { type PacketArena, type PacketHandle, SLOT_BYTES } from '../arena.ts';
import { FATE, type Link, type LinkEnd, type LinkTap, type PacketFate, type PacketReceiver } from '../link.ts';
import { PacketRing } from '../packet-ring.ts';
import type { TunDevice } from './tun-device.ts';

const { EAGAIN, EINTR } = constants.errno;
/** Packets read before other work of the event loop has its turn. */
const BATCH = 256;
const QUEUE_PACKETS = 1024;

/** The system calls of a TUN link. */
export type TunCalls = Pick<Libc, 'readAt' | 'writeAt' | 'addressOf' | 'errno' | 'close'>;

/** What a TUN link counted. */
export interface TunCounters {
  packetsIn: number;
  bytesIn: number;
  packetsOut: number;
  bytesOut: number;
  /** Read and thrown away: the arena was full, or nothing was attached. */
  dropsIn: number;
  /** Longer than a slot of the arena: the rest was cut off by the system, and the packet is of no use. */
  truncatedIn: number;
  /** Not written: too long, the queue full, or the link closed. */
  dropsOut: number;
  /** The system refused to hand over or take a packet, as it does while the interface is down. */
  readErrors: number;
  writeErrors: number;
}

export interface TunLinkOptions {
  readonly libc: TunCalls;
  readonly reactor: Pick<Reactor, 'add' | 'remove'>;
  readonly clock: Clock;
  readonly arena: PacketArena;
  readonly device: TunDevice;
  readonly tap?: LinkTap | null;
  /** Packets that may wait while the device takes no more; 1,024 unless given. */
  readonly queuePackets?: number;
}

/**
 * The link between a stack and the system's: a TUN device. Packets go from the device straight into slots of the arena
 * and from there into the device, by address, so that nothing is allocated for them. A packet is written when it is
 * sent; the system then runs its side within our call, and its answers wait in the device until the next batch is read.
 */
export class TunLink implements Link, ReadinessTarget {
  readonly name: string;
  readonly mtu: number;
  readonly counters: TunCounters = {
    packetsIn: 0,
    bytesIn: 0,
    packetsOut: 0,
    bytesOut: 0,
    dropsIn: 0,
    truncatedIn: 0,
    dropsOut: 0,
    readErrors: 0,
    writeErrors: 0,
  };
  private readonly libc: TunCalls;
  private readonly reactor: Pick<Reactor, 'add' | 'remove'>;
  private readonly clock: Clock;
  private readonly arena: PacketArena;
  private readonly device: TunDevice;
  private readonly tap: LinkTap | null;
  private readonly queue = new PacketRing();
  private readonly queuePackets: number;
  private readonly slot: number;
  /** Of the arena's chunks. */
  private readonly addresses: number[] = [];
  /** Takes what must be read though the arena is full: the device tells of packets only when a first one comes. */
  private readonly scratch = new Uint8Array(SLOT_BYTES);
  private readonly scratchAddress: number;
  private readonly continueReading = (): void => this.readBatch();
  private receiver: PacketReceiver | null = null;
  private port = 0;
  private outInterface = 0;
  private inInterface = 0;
  private isClosed = false;

  constructor(options: TunLinkOptions) {
    const { libc, reactor, clock, arena, device, tap = null, queuePackets = QUEUE_PACKETS } = options;
    this.libc = libc;
    this.reactor = reactor;
    this.clock = clock;
    this.arena = arena;
    this.device = device;
    this.tap = tap;
    this.queuePackets = queuePackets;
    this.name = device.name;
    this.mtu = device.mtu;
    this.scratchAddress = libc.addressOf(this.scratch);
    this.slot = reactor.add(device.fd, this);
  }

  attach(receiver: PacketReceiver, port: number, name: string): LinkEnd {
    if (this.receiver !== null) {
      throw new OpenWskError(
        'OWSK_LINK_FULL',
        `the device ${this.name} has its one end; join links by a router`,
        'link',
      );
    }
    this.receiver = receiver;
    this.port = port;
    if (this.tap !== null) {
      this.outInterface = this.tap.addInterface(name);
      this.inInterface = this.tap.addInterface(this.name);
    }
    return { name, mtu: this.mtu, send: (packet) => this.send(packet) };
  }

  onReadiness(events: number): void {
    if ((events & EPOLLOUT) !== 0) this.writeQueue();
    if ((events & EPOLLIN) !== 0) this.readBatch();
  }

  /** The device goes, and with it the interface unless it was made to stay. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.reactor.remove(this.slot);
    this.libc.close(this.device.fd);
    while (this.queue.size > 0) this.arena.release(this.queue.shift());
  }

  private readBatch(): void {
    for (let left = BATCH; left > 0; left--) if (this.isClosed || !this.readOne()) return;
    setImmediate(this.continueReading);
  }

  /** @returns false when there is no more to read */
  private readOne(): boolean {
    const { arena, counters, receiver, device } = this;
    const packet = receiver === null ? 0 : arena.allocate();
    const address = packet === 0 ? this.scratchAddress : this.addressOf(packet);
    const length = this.libc.readAt(device.fd, address, SLOT_BYTES);
    if (length > 0 && length <= SLOT_BYTES && packet !== 0) {
      counters.packetsIn++;
      counters.bytesIn += length;
      arena.length[packet] = length;
      this.tell(this.inInterface, packet, FATE.sent);
      receiver!.receive(packet, this.port);
      return true;
    }
    if (packet !== 0) arena.release(packet);
    if (length < 0) return this.mayReadOn();
    if (length > SLOT_BYTES) counters.truncatedIn++;
    else counters.dropsIn++;
    return true;
  }

  private mayReadOn(): boolean {
    const errno = this.libc.errno();
    if (errno === EINTR) return true;
    if (errno !== EAGAIN) this.counters.readErrors++;
    return false;
  }

  private send(packet: PacketHandle): void {
    if (this.arena.length[packet] > this.mtu) this.drop(packet, FATE.tooLong);
    else if (this.isClosed) this.drop(packet, FATE.noReceiver);
    else if (this.queue.size > 0 || !this.write(packet)) this.enqueue(packet);
  }

  private enqueue(packet: PacketHandle): void {
    if (this.queue.size >= this.queuePackets) this.drop(packet, FATE.queueFull);
    else this.queue.push(packet, 0);
  }

  private writeQueue(): void {
    while (this.queue.size > 0 && this.write(this.queue.head)) this.queue.shift();
  }

  /** @returns false when the device takes no more: the packet then stays the caller's */
  private write(packet: PacketHandle): boolean {
    const { arena, counters, libc } = this;
    const length = arena.length[packet];
    const address = this.addressOf(packet);
    let written = libc.writeAt(this.device.fd, address, length);
    while (written < 0 && libc.errno() === EINTR) written = libc.writeAt(this.device.fd, address, length);
    if (written < 0) {
      if (libc.errno() === EAGAIN) return false;
      counters.writeErrors++;
    } else {
      counters.packetsOut++;
      counters.bytesOut += length;
    }
    this.tell(this.outInterface, packet, written < 0 ? FATE.noReceiver : FATE.sent);
    arena.release(packet);
    return true;
  }

  private addressOf(packet: PacketHandle): number {
    const number = this.arena.chunkNumberOf(packet);
    const chunk = (this.addresses[number] ??= this.libc.addressOf(this.arena.chunks[number].bytes));
    return chunk + this.arena.baseOf(packet);
  }

  private drop(packet: PacketHandle, fate: PacketFate): void {
    this.counters.dropsOut++;
    this.tell(this.outInterface, packet, fate);
    this.arena.release(packet);
  }

  private tell(iface: number, packet: PacketHandle, fate: PacketFate): void {
    const { tap, arena } = this;
    if (tap !== null) tap.onPacket(iface, this.clock.now(), fate, arena, packet, Number.NaN, iface);
  }
}
