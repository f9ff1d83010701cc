import { buildIcmp, buildUdp, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_UDP } from '../tcpip/wire/index.ts';
import { icmpName, icmpTypeAndCode } from './icmp-codes.ts';
import { type LiveDatagram, wrapInIp } from './live-packet.ts';
import { fillPattern, patternFault } from './pattern.ts';
import type { ScriptDatagram, ScriptIcmp } from './script.ts';
import { unsupported } from './script-error.ts';

/** What the arena's slots hold. */
const MOST_PACKET = 2048;
const UDP_HEADER = 8;
/** RFC 4443, section 2.4 (c): an error is no longer than 1,280 bytes. */
const MOST_QUOTE = 1232;

/** Datagrams and ICMP between our host and the script's remote side: what came, and between which ports it goes on. */
export class DatagramFlow {
  /** What our stack sent and the script has not asked for yet. */
  readonly queue: LiveDatagram[] = [];
  /** Of the last datagram, ours first. */
  ports: readonly [local: number, remote: number];
  private readonly version: 4 | 6;
  private readonly local: Uint8Array;
  private readonly remote: Uint8Array;

  constructor(version: 4 | 6, local: Uint8Array, remote: Uint8Array, ports: readonly [number, number]) {
    this.version = version;
    this.local = local;
    this.remote = remote;
    this.ports = ports;
  }

  /** Notes a packet of ours. */
  sent(packet: LiveDatagram): void {
    this.queue.push(packet);
    if (packet.datagram !== null) this.ports = [packet.datagram.sourcePort, packet.datagram.destinationPort];
  }

  /** A datagram from the remote side. */
  inbound({ ports, ecn, length }: ScriptDatagram, line: number): Uint8Array {
    if (ports !== null) this.ports = [ports[1], ports[0]];
    const [localPort, remotePort] = this.ports;
    const datagram = patternDatagram(remotePort, localPort, length, this.remote, this.local);
    const packet = wrapInIp(this.remote, this.local, PROTOCOL_UDP, ecn ?? 0, datagram);
    if (packet.length > MOST_PACKET) throw unsupported(line, `a packet of ${packet.length} bytes`);
    return packet;
  }

  /** An echo, or an error from the remote address about a datagram of ours. */
  inboundIcmp(message: ScriptIcmp, line: number): Uint8Array {
    const { version, local, remote } = this;
    const [type, code] = icmpTypeAndCode(message, version, line);
    const rest = message.id === null ? message.mtu : message.id << 16;
    const body = message.quoted === null ? new Uint8Array(0) : this.quote(message.quoted);
    const icmp = buildIcmp({ type, code, rest: rest >>> 0, body }, version === 4 ? null : [remote, local]);
    return wrapInIp(remote, local, version === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6, 0, icmp);
  }

  private quote(length: number): Uint8Array {
    const { local, remote } = this;
    const datagram = patternDatagram(this.ports[0], this.ports[1], length, local, remote);
    return wrapInIp(local, remote, PROTOCOL_UDP, 0, datagram).slice(0, MOST_QUOTE);
  }

  /** What a packet of ours would be called. */
  nameOf({ datagram, message, version, ecn }: LiveDatagram): ScriptDatagram | ScriptIcmp {
    if (datagram !== null) {
      const { sourcePort, destinationPort, payload } = datagram;
      return { direction: 'out', ports: [sourcePort, destinationPort], ecn, length: payload.length };
    }
    const { type, code, rest, body } = message!;
    const names = icmpName(type, code, version);
    const isEcho = names.type.startsWith('echo');
    const id = isEcho ? rest >>> 16 : null;
    return { direction: 'out', ...names, mtu: isEcho ? 0 : rest, seq: 0, id, quoted: quotedLength(body, version) };
  }
}

const patternDatagram = (from: number, to: number, length: number, source: Uint8Array, destination: Uint8Array) => {
  const payload = new Uint8Array(length);
  fillPattern(payload, 0, length, 0);
  return buildUdp({ sourcePort: from, destinationPort: to, payload }, source, destination);
};

/** Bytes of the datagram that an error quotes; null when it quotes none. */
const quotedLength = (body: Uint8Array, version: 4 | 6): number | null => {
  const [protocolAt, header] = version === 4 ? [9, 20] : [6, 40];
  if (body.length < header + UDP_HEADER || body[protocolAt] !== PROTOCOL_UDP) return null;
  return ((body[header + 4] << 8) | body[header + 5]) - UDP_HEADER;
};

/** What differs between a datagram of ours and what the script expects. */
export const datagramDifferences = (expected: ScriptDatagram, got: LiveDatagram): string[] => {
  const { datagram, ecn } = got;
  if (datagram === null) return ['protocol'];
  const found: string[] = [];
  const { sourcePort, destinationPort, payload } = datagram;
  if (expected.ports !== null && (expected.ports[0] !== sourcePort || expected.ports[1] !== destinationPort)) {
    found.push('ports');
  }
  if (expected.length !== payload.length) found.push('length');
  if (expected.ecn !== null && expected.ecn !== ecn) found.push('ECN bits of the IP header');
  const fault = patternFault(payload, 0);
  if (fault >= 0) found.push(`payload, at byte ${fault}`);
  return found;
};

/** The same for an ICMP message. */
export const icmpDifferences = (
  expected: ScriptIcmp,
  got: LiveDatagram,
  named: ScriptDatagram | ScriptIcmp,
  line: number,
): string[] => {
  if (got.message === null || 'length' in named) return ['protocol'];
  const found: string[] = [];
  const [type, code] = icmpTypeAndCode(expected, got.version, line);
  if (type !== got.message.type) found.push('type');
  else if (code !== got.message.code) found.push('code');
  if (expected.mtu !== named.mtu) found.push('MTU');
  if (expected.id !== null && expected.id !== named.id) found.push('identifier');
  if (expected.quoted !== null && expected.quoted !== named.quoted) found.push('datagram quoted');
  return found;
};
