import { Random } from '../../src/base/index.ts';
import { PacketArena, SimulatedLink } from '../../src/link/index.ts';
import {
  DatagramInfo,
  Host,
  type TcpProfile,
  type UdpAddress,
  type UdpBindOptions,
  type UdpClient,
  type UdpEndpoint,
  windowsProfile,
} from '../../src/tcpip/index.ts';
import {
  buildIpv4,
  buildIpv6,
  buildIpv6Fragment,
  buildUdp,
  type IcmpMessage,
  isWireError,
  parseIcmp,
  parseIpv4,
  parseIpv6,
} from '../../src/tcpip/wire/index.ts';
import { SECOND, VirtualExecutor } from '../../src/time/index.ts';
import { Memory } from './support.ts';

/** One host, 10.0.0.2 and fd00::2, and a wire to throw packets at from 10.0.0.1 and fd00::1. */
export const PEER4 = Uint8Array.of(10, 0, 0, 1);
export const HOST4 = Uint8Array.of(10, 0, 0, 2);
export const PEER6 = Uint8Array.of(0xfd, ...new Array<number>(14).fill(0), 1);
export const HOST6 = Uint8Array.of(0xfd, ...new Array<number>(14).fill(0), 2);
export const NONE = new Uint8Array(0);

export const address = (version: 4 | 6, last: number, port: number): UdpAddress => ({
  version,
  words: version === 4 ? Int32Array.of(0x0a000000 + last, 0, 0, 0) : Int32Array.of(0xfd000000 | 0, 0, 0, last),
  port,
});

/** A UDP endpoint that keeps what it gets. */
export class Mailbox implements UdpClient {
  readonly endpoint: UdpEndpoint;
  readonly got: Uint8Array[] = [];
  readonly infos: DatagramInfo[] = [];
  readonly errors: { status: number; port: number }[] = [];
  /** Off: leaves datagrams where they are. */
  reading = true;

  constructor(host: Host, version: 4 | 6, port: number, options: UdpBindOptions = {}, local: Int32Array | null = null) {
    const made = host.udp.bind(version, local, port, this, options);
    if (typeof made === 'number') throw new Error(`bind: ${made.toString(16)}`);
    this.endpoint = made;
  }

  onReadable(): void {
    while (this.reading && this.read()) {}
  }

  read(room = 65_535): boolean {
    const into = new Memory(new Uint8Array(room));
    const info = new DatagramInfo();
    if (!this.endpoint.receive(into, info)) return false;
    this.got.push(into.bytes.slice(0, info.copied));
    this.infos.push(info);
    return true;
  }

  onError(): void {
    const { status, about } = this.endpoint.takeError();
    this.errors.push({ status, port: about?.port ?? 0 });
  }
}

export class IpWire {
  readonly executor = new VirtualExecutor();
  readonly arena: PacketArena;
  readonly host: Host;
  readonly heard: Uint8Array[] = [];
  private readonly end;

  constructor(profile: Partial<TcpProfile> = {}, maxPackets = 262_144) {
    const { executor } = this;
    const arena = new PacketArena({ maxPackets });
    const random = new Random(4711);
    const link = new SimulatedLink({ executor, arena, random });
    this.arena = arena;
    this.end = link.attach(
      {
        receive: (packet) => {
          this.heard.push(arena.bytesOf(packet).slice());
          arena.release(packet);
        },
      },
      0,
      'wire',
    );
    this.host = new Host({ executor, arena, random, profile: { ...windowsProfile, ...profile } });
    this.host.addInterface(link, ['10.0.0.2/24', 'fd00::2/64']);
  }

  throw(bytes: Uint8Array): void {
    const packet = this.arena.from(bytes);
    if (packet === 0) throw new Error('the arena is full');
    this.end.send(packet);
    this.wait(0);
  }

  wait(nanoseconds: number): void {
    this.executor.runUntil(this.executor.now() + nanoseconds);
  }

  /** ICMP messages sent since the last look, as `type/code rest`. */
  icmp(): string[] {
    return this.icmpMessages().map(({ type, code, rest }) => `${type}/${code} ${rest}`);
  }

  icmpMessages(): IcmpMessage[] {
    return this.heard.splice(0).map((bytes) => {
      const packet = bytes[0] >> 4 === 4 ? parseIpv4(bytes) : parseIpv6(bytes);
      if (isWireError(packet)) throw packet;
      const message = parseIcmp(packet.payload, packet.version === 4 ? null : [packet.source, packet.destination]);
      if (isWireError(message)) throw message;
      return message;
    });
  }

  /** Lets every timer run out; whatever is left then is a leak. */
  leftovers(): Record<string, number> {
    this.wait(300 * SECOND);
    return {
      packets: this.arena.liveCount,
      heap: this.executor.pending,
      slots: this.host.input.reassembler.slots,
      datagrams: this.host.input.reassembler.size,
    };
  }
}

export const CLEAN = { packets: 0, heap: 0, slots: 0, datagrams: 0 };

export const ipv4 = (protocol: number, payload: Uint8Array, more: object = {}): Uint8Array =>
  buildIpv4({
    source: PEER4,
    destination: HOST4,
    protocol,
    ttl: 64,
    tos: 0,
    id: 1,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    options: NONE,
    payload,
    ...more,
  });

export const ipv6 = (nextHeader: number, payload: Uint8Array, more: object = {}): Uint8Array =>
  buildIpv6({
    source: PEER6,
    destination: HOST6,
    trafficClass: 0,
    flowLabel: 0,
    hopLimit: 64,
    nextHeader,
    payload,
    ...more,
  });

export const udp = (version: 4 | 6, payload: Uint8Array, destinationPort = 7000): Uint8Array =>
  version === 4
    ? buildUdp({ sourcePort: 5000, destinationPort, payload }, PEER4, HOST4)
    : buildUdp({ sourcePort: 5000, destinationPort, payload }, PEER6, HOST6);

export const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

export interface Cut {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly more: boolean;
}

/** The packet of one fragment. */
export const fragmentPacket = (
  version: 4 | 6,
  { offset, bytes, more }: Cut,
  { id = 77, protocol = 17, ecn = 0 }: { id?: number; protocol?: number; ecn?: number } = {},
): Uint8Array =>
  version === 4
    ? ipv4(protocol, bytes, { id, moreFragments: more, fragmentOffset: offset, tos: ecn })
    : ipv6(44, buildIpv6Fragment({ nextHeader: protocol, offset, moreFragments: more, id, payload: bytes }), {
        trafficClass: ecn,
      });

/** Cuts bytes at the given places, which are multiples of 8. */
export const cutAt = (bytes: Uint8Array, places: readonly number[]): Cut[] => {
  const inside = [...new Set(places)].filter((at) => at > 0 && at < bytes.length).sort((a, b) => a - b);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(0, -1).map((offset, i) => ({
    offset,
    bytes: bytes.slice(offset, edges[i + 1]),
    more: edges[i + 1] < bytes.length,
  }));
};
