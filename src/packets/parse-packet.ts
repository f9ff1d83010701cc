import { ACK, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../tcpip/wire/index.ts';
import type { Scanner } from './scanner.ts';
import type { Action, Direction, ScriptDatagram, ScriptIcmp, ScriptPacket, ScriptTcpOption } from './script.ts';
import { syntaxError, unsupported } from './script-error.ts';

const FLAG_BITS: Readonly<Record<string, number>> = {
  F: FIN,
  S: SYN,
  R: RST,
  P: PSH,
  '.': ACK,
  U: URG,
  E: ECE,
  W: CWR,
};
const ECN_BITS: Readonly<Record<string, number>> = { noecn: 0, ect1: 1, ect01: 1, ect0: 2, ce: 3 };
/** Longest payload that a packet of the arena holds beside its headers. */
const MOST_PAYLOAD = 65_535;
const MOST_DATAGRAM = 65_507; // beside the headers of IPv4 and UDP

/** `< S. 0:0(0) ack 1 win 5840 <mss 1460>`, a datagram or an ICMP message. */
export const parsePacket = (scanner: Scanner): Action => {
  const { line } = scanner;
  const direction: Direction = scanner.take('<') ? 'in' : 'out';
  if (direction === 'out') scanner.expect('>');
  const ecn = parseIpInfo(scanner);
  const other = scanner.match(/(icmp|udp|ipv4|ipv6|gre|mpls)\b/y)?.[1];
  const datagram =
    other === undefined || other === 'udp' ? parseDatagram(scanner, direction, ecn, other === 'udp') : null;
  if (datagram !== null) return { kind: 'udp', datagram };
  if (other === 'icmp') return { kind: 'icmp', message: parseIcmp(scanner, direction) };
  if (other !== undefined) throw unsupported(line, `${other} packets`);
  return { kind: 'tcp', packet: parseTcpPacket(scanner, direction, ecn) };
};

/** `[ect0]` or `(ce)`; times to live and flow labels are not looked at by the stack. */
const parseIpInfo = (scanner: Scanner): number | null => {
  const { line } = scanner;
  const found = scanner.match(/[[(]\s*([a-zA-Z]\w*)\s*([\w,\s]*)[\])]/y);
  if (found === null) return null;
  const bits = ECN_BITS[found[1].toLowerCase()];
  if (bits === undefined || found[2].trim() !== '') throw unsupported(line, `IP header ${found[0]}`);
  return bits;
};

/** `udp (100)`, with its ports in front or without. @returns null when it is none */
const parseDatagram = (
  scanner: Scanner,
  direction: Direction,
  ecn: number | null,
  isNamed: boolean,
): ScriptDatagram | null => {
  const named = isNamed ? null : scanner.match(/(\d+)\s*>\s*(\d+)\s+udp\b/y);
  if (!isNamed && named === null) return null;
  const ports: [number, number] | null = named === null ? null : [Number(named[1]), Number(named[2])];
  if (ports?.some((port) => port > 65_535)) throw syntaxError(scanner.line, 'a port is at most 65535');
  return { direction, ports, ecn, length: parseLength(scanner) };
};

const parseLength = (scanner: Scanner): number => {
  scanner.expect('(');
  const length = small(scanner, MOST_DATAGRAM);
  scanner.expect(')');
  return length;
};

const parseTcpPacket = (scanner: Scanner, direction: Direction, ecn: number | null): ScriptPacket => {
  const { line } = scanner;
  const named = scanner.match(/(\d+)\s*>\s*(\d+)/y);
  const ports: [number, number] | null = named === null ? null : [Number(named[1]), Number(named[2])];
  if (ports?.some((port) => port > 65_535)) throw syntaxError(line, 'a port is at most 65535');
  const flags = parseFlags(scanner);
  const seq = uint32(scanner, 'a sequence number');
  scanner.expect(':');
  const end = uint32(scanner, 'the last sequence number');
  scanner.expect('(');
  const length = uint32(scanner, 'the number of bytes');
  scanner.expect(')');
  if ((seq + length) >>> 0 !== end) throw syntaxError(line, `${seq}:${end} are not ${length} bytes`);
  if (length > MOST_PAYLOAD) throw unsupported(line, `a packet of ${length} bytes`);
  const ack = scanner.match(/ack\b/y) === null ? null : uint32(scanner, 'a number behind ack');
  const window = scanner.match(/win\b/y) === null ? null : uint32(scanner, 'a number behind win');
  const urgent = scanner.match(/urg\b/y) === null ? null : uint32(scanner, 'a number behind urg');
  if (window !== null && window > 65_535)
    throw syntaxError(line, 'a window is at most 65535 as it stands in the header');
  if ((flags & ACK) === 0 && ack !== null) throw syntaxError(line, "a packet with 'ack' has the flag '.'");
  const options = parseOptions(scanner);
  return { direction, ports, ecn, flags, seq, length, ack, window, urgent, options };
};

const parseFlags = (scanner: Scanner): number => {
  const { line } = scanner;
  const text = scanner.match(/-|[A-Z]*\d*[A-Z]*\.?/y)?.[0] ?? '';
  if (text === '') throw scanner.wrong('flags such as S. or P.');
  let flags = 0;
  if (text === '-') return flags;
  for (const letter of text) {
    if (FLAG_BITS[letter] === undefined) throw unsupported(line, `flag ${letter}`);
    flags |= FLAG_BITS[letter];
  }
  return flags;
};

const uint32 = (scanner: Scanner, what: string): number => {
  const value = scanner.integer(what);
  if (value < 0 || value > 0xffff_ffff) throw syntaxError(scanner.line, `${what} from 0 to 4294967295`);
  return value;
};

const parseOptions = (scanner: Scanner): ScriptTcpOption[] | null => {
  // A '<' may also be the next event's packet only behind a time, so here it is always an option list.
  if (!scanner.take('<')) return [];
  if (scanner.take('...')) {
    scanner.expect('>');
    return null;
  }
  const options: ScriptTcpOption[] = [];
  do options.push(parseOption(scanner));
  while (scanner.take(','));
  scanner.expect('>');
  return options;
};

const parseOption = (scanner: Scanner): ScriptTcpOption => {
  const { line } = scanner;
  const name = scanner.word();
  switch (name) {
    case 'nop':
    case 'eol':
      return { kind: name };
    case 'mss':
      return { kind: 'mss', mss: small(scanner, 65_535) };
    case 'wscale':
      return { kind: 'wscale', shift: small(scanner, 255) };
    case 'sackOK':
      return { kind: 'sackOK' };
    case 'sack':
      return { kind: 'sack', blocks: parseBlocks(scanner) };
    case 'TS':
      return parseTimestamps(scanner);
    case 'FO':
    case 'FOEXP':
      return { kind: 'FO', cookie: parseCookie(scanner), experimental: name === 'FOEXP' };
    case null:
      throw scanner.wrong('a TCP option');
    default:
      throw unsupported(line, `TCP option ${name}`);
  }
};

const small = (scanner: Scanner, most: number): number => {
  const value = scanner.integer();
  if (value < 0 || value > most) throw syntaxError(scanner.line, `a number from 0 to ${most}`);
  return value;
};

const parseBlocks = (scanner: Scanner): [number, number][] => {
  const blocks: [number, number][] = [];
  for (;;) {
    const found = scanner.match(/(\d+)\s*:\s*(\d+)/y);
    if (found === null) break;
    blocks.push([Number(found[1]) >>> 0, Number(found[2]) >>> 0]);
  }
  if (blocks.length === 0) throw scanner.wrong('a block such as 1001:2001');
  return blocks;
};

const parseTimestamps = (scanner: Scanner): ScriptTcpOption => {
  scanner.expect('val');
  const value = uint32(scanner, 'a timestamp');
  scanner.expect('ecr');
  return { kind: 'TS', value, echo: uint32(scanner, 'a timestamp') };
};

/** Hexadecimal digits, TFO_COOKIE, or nothing for a request. */
const parseCookie = (scanner: Scanner): Uint8Array | null => {
  const { line } = scanner;
  if (scanner.match(/TFO_COOKIE\b/y) !== null) return null;
  const digits = scanner.match(/[\da-fA-F]+\b/y)?.[0] ?? '';
  if (digits.length % 2 !== 0) throw syntaxError(line, 'a cookie has two hexadecimal digits for each byte');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
};

const parseIcmp = (scanner: Scanner, direction: Direction): ScriptIcmp => {
  const type = scanner.word();
  if (type === null) throw scanner.wrong('an ICMP type such as unreachable');
  const code = scanner.match(/(?!mtu\b|id\b)[A-Za-z_]\w*/y)?.[0] ?? null;
  const mtu = scanner.match(/mtu\b/y) === null ? 0 : small(scanner, 65_535);
  const id = scanner.match(/id\b/y) === null ? null : small(scanner, 65_535);
  let seq = 0;
  let quoted: number | null = null;
  if (scanner.take('[')) {
    if (scanner.match(/udp\b/y) !== null) {
      quoted = parseLength(scanner);
      scanner.expect(']');
      return { direction, type, code, mtu, seq, id, quoted };
    }
    seq = uint32(scanner, 'a sequence number');
    scanner.expect(':');
    uint32(scanner, 'the last sequence number');
    scanner.expect('(');
    uint32(scanner, 'the number of bytes');
    scanner.expect(')');
    scanner.expect(']');
  }
  return { direction, type, code, mtu, seq, id, quoted };
};
