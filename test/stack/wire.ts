import { Random, STATUS_CONNECTION_RESET } from '../../src/base/index.ts';
import { PacketArena, SimulatedLink } from '../../src/link/index.ts';
import {
  Host,
  nobody,
  type PortLease,
  type TcpClient,
  type TcpConnection,
  type TcpProfile,
  windowsProfile,
} from '../../src/tcpip/index.ts';
import {
  ACK,
  buildIpv4,
  buildTcp,
  CWR,
  ECE,
  FIN,
  isWireError,
  PSH,
  parseIpv4,
  parseTcp,
  RST,
  SYN,
  type TcpOptionValue,
  type TcpSegment,
} from '../../src/tcpip/wire/index.ts';
import { VirtualExecutor } from '../../src/time/index.ts';
import { pattern } from './support.ts';

/**
 * One host, and a wire to throw segments at by hand: what exactly goes over it, number by number. The peer is
 * 10.0.0.1:1234 with sequence numbers from 1000, the host 10.0.0.2:80; its numbers are shown relative to its ISS.
 */
const PEER = Uint8Array.of(10, 0, 0, 1);
const HOST = Uint8Array.of(10, 0, 0, 2);
const flagNames: readonly [number, string][] = [
  [SYN, 'S'],
  [FIN, 'F'],
  [RST, 'R'],
  [PSH, 'P'],
  [ACK, '.'],
  [ECE, 'E'],
  [CWR, 'W'],
];

export class Wire {
  readonly executor = new VirtualExecutor();
  readonly arena = new PacketArena();
  readonly host: Host;
  readonly heard: (TcpSegment & { readonly tos: number })[] = [];
  readonly told: string[] = [];
  connection: TcpConnection | null = null;
  iss = 0;
  private readonly end;

  constructor(profile: Partial<TcpProfile> = {}) {
    const { executor, arena } = this;
    const random = new Random(12345);
    const link = new SimulatedLink({ executor, arena, random });
    this.end = link.attach(
      {
        receive: (packet) => {
          const ip = parseIpv4(arena.bytesOf(packet));
          if (isWireError(ip)) throw ip;
          const segment = parseTcp(ip.payload, ip.source, ip.destination);
          if (isWireError(segment)) throw segment;
          this.heard.push({ ...segment, tos: ip.tos });
          arena.release(packet);
        },
      },
      0,
      'wire',
    );
    this.host = new Host({ executor, arena, random, profile: { ...windowsProfile, ...profile } });
    this.host.addInterface(link, ['10.0.0.2/24']);
  }

  /** Throws a segment and lets the host answer; `after` is virtual time that passes before. */
  throw(more: Partial<TcpSegment> & { readonly tos?: number }): void {
    const segment: TcpSegment = {
      sourcePort: 1234,
      destinationPort: 80,
      sequence: 1001,
      acknowledgment: this.iss + 1,
      flags: ACK,
      window: 65_535,
      urgent: 0,
      options: [],
      payload: new Uint8Array(0),
      ...more,
    };
    const acknowledgment = segment.flags & ACK ? segment.acknowledgment >>> 0 : 0;
    const bytes = buildIpv4({
      source: PEER,
      destination: HOST,
      protocol: 6,
      ttl: 64,
      tos: more.tos ?? 0,
      id: 0,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      options: new Uint8Array(0),
      payload: buildTcp({ ...segment, acknowledgment, sequence: segment.sequence >>> 0 }, PEER, HOST),
    });
    this.end.send(this.arena.from(bytes));
    this.wait(0);
  }

  wait(nanoseconds: number): void {
    this.executor.runUntil(this.executor.now() + nanoseconds);
  }

  /** What the host has sent since the last look: flags, relative sequence and acknowledgment, length. */
  sent(): string[] {
    return this.heard.splice(0).map((s) => {
      const flags = flagNames.map(([bit, name]) => (s.flags & bit ? name : '')).join('');
      const ack = s.flags & ACK ? ` ack ${s.acknowledgment}` : '';
      return `${flags} ${(s.sequence - this.iss) | 0}+${s.payload.length}${ack}`;
    });
  }

  /** As `sent`, with the SACK blocks, relative to the peer's first byte. */
  sentSacks(): string[] {
    return this.heard.splice(0).map((s) => {
      const sack = s.options.find((option) => option.kind === 'sack');
      const blocks = sack?.kind === 'sack' ? sack.blocks.map(([left, right]) => ` ${left - 1001}-${right - 1001}`) : [];
      return `ack ${s.acknowledgment - 1001}${blocks.join('')}`;
    });
  }

  /** Acknowledges the host's bytes up to `upTo`, with SACK blocks. */
  ack(upTo: number, ...blocks: [number, number][]): void {
    const options: TcpOptionValue[] =
      blocks.length === 0
        ? []
        : [
            {
              kind: 'sack',
              blocks: blocks.map(([left, right]) => [(this.iss + 1 + left) >>> 0, (this.iss + 1 + right) >>> 0]),
            },
          ];
    this.throw({ acknowledgment: this.iss + 1 + upTo, options });
  }

  /** Opens actively to 10.0.0.1:1234 from port 80; the SYN is what was sent last. */
  connect(client: TcpClient = nobody, lease: PortLease | null = null): TcpConnection {
    const path = this.host.pathTo(4, null, Int32Array.of(0x0a000001, 0, 0, 0));
    if (typeof path === 'number') throw new Error('no path');
    const port = lease ?? this.host.ports.bind(0, 80, false, false)!;
    this.connection = this.host.tcp.connect(path, port, 1234, client, {})!;
    this.wait(0);
    this.iss = this.heard[this.heard.length - 1].sequence | 0;
    return this.connection;
  }

  /** A connection in ESTABLISHED; the peer's final ACK takes `rtt`. */
  establish(options: readonly TcpOptionValue[] = [], listenOptions: object = {}, rtt = 0): TcpConnection {
    const client: TcpClient = {
      ...nobody,
      onReadable: () => this.told.push('readable'),
      onEof: () => this.told.push('eof'),
      onReset: (status) => this.told.push(`reset ${status === STATUS_CONNECTION_RESET ? 'by peer' : status}`),
      onFinAcked: () => this.told.push('fin acked'),
    };
    const listener = this.host.tcp.listen(
      4,
      null,
      80,
      false,
      {
        onIncoming: () => {
          this.connection = listener.accept()!;
          this.connection.client = client;
        },
      },
      listenOptions,
    );
    this.syn(options);
    this.wait(rtt);
    this.throw({});
    this.sent();
    return this.connection!;
  }

  syn(options: readonly TcpOptionValue[] = [], more: Partial<TcpSegment> = {}): TcpSegment {
    this.throw({ sequence: 1000, flags: SYN, options, ...more });
    const answer = this.heard[this.heard.length - 1];
    this.iss = answer.sequence | 0;
    return answer;
  }
}

export const data = (count: number): Uint8Array => pattern(count);
