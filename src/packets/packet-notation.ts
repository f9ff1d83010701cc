import { ACK, CWR, ECE, FIN, PSH, RST, SYN, type TcpOptionValue, type TcpSegment, URG } from '../tcpip/wire/index.ts';
import type { ScriptPacket, ScriptTcpOption } from './script.ts';

/** Packets in the notation of scripts. */

const LETTERS: readonly (readonly [number, string])[] = [
  [FIN, 'F'],
  [SYN, 'S'],
  [RST, 'R'],
  [PSH, 'P'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
  [ACK, '.'],
];
const ECN_NAMES = ['noecn', 'ect1', 'ect0', 'ce'];

export const flagText = (flags: number): string =>
  LETTERS.filter(([bit]) => (flags & bit) !== 0)
    .map(([, letter]) => letter)
    .join('') || '-';

export const hexText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

interface Parts {
  readonly ecn: number | null;
  readonly ports: readonly [number, number] | null;
  readonly flags: number;
  readonly seq: number;
  readonly length: number;
  readonly ack: number | null;
  readonly window: number | null;
  readonly urgent: number | null;
  readonly options: readonly string[] | null;
}

const packetText = (direction: '<' | '>', parts: Parts): string => {
  const words: string[] = [direction];
  if (parts.ecn !== null) words.push(`[${ECN_NAMES[parts.ecn]}]`);
  if (parts.ports !== null) words.push(`${parts.ports[0]} > ${parts.ports[1]}`);
  words.push(flagText(parts.flags), `${parts.seq}:${(parts.seq + parts.length) >>> 0}(${parts.length})`);
  if (parts.ack !== null) words.push(`ack ${parts.ack}`);
  if (parts.window !== null) words.push(`win ${parts.window}`);
  if (parts.urgent !== null) words.push(`urg ${parts.urgent}`);
  if (parts.options === null) words.push('<...>');
  else if (parts.options.length > 0) words.push(`<${parts.options.join(',')}>`);
  return words.join(' ');
};

export const scriptPacketText = (packet: ScriptPacket): string =>
  packetText(packet.direction === 'in' ? '<' : '>', {
    ...packet,
    options: packet.options?.map(scriptOptionText) ?? null,
  });

/** A packet of ours, in the script's numbers; shows only the fields that `like` shows. */
export const liveSegmentText = (segment: TcpSegment, ecn: number, like: ScriptPacket): string =>
  packetText('>', {
    ecn: like.ecn === null ? null : ecn,
    ports: like.ports === null ? null : [segment.sourcePort, segment.destinationPort],
    flags: segment.flags,
    seq: segment.sequence,
    length: segment.payload.length,
    ack: (segment.flags & ACK) === 0 ? null : segment.acknowledgment,
    window: like.window === null ? null : segment.window,
    urgent: segment.urgent === 0 ? null : segment.urgent,
    options: like.options === null ? null : segment.options.map(liveOptionText),
  });

const scriptOptionText = (option: ScriptTcpOption): string => {
  switch (option.kind) {
    case 'mss':
      return `mss ${option.mss}`;
    case 'wscale':
      return `wscale ${option.shift}`;
    case 'sack':
      return `sack ${option.blocks.map((block) => block.join(':')).join(' ')}`;
    case 'TS':
      return `TS val ${option.value} ecr ${option.echo}`;
    case 'FO':
      return cookieText(option.experimental, option.cookie === null ? 'TFO_COOKIE' : hexText(option.cookie));
    case 'unknown':
      return `kind ${option.number} ${hexText(option.bytes)}`;
    default:
      return option.kind;
  }
};

const cookieText = (experimental: boolean, cookie: string): string =>
  `${experimental ? 'FOEXP' : 'FO'} ${cookie}`.trim();

export const liveOptionText = (option: TcpOptionValue): string => {
  switch (option.kind) {
    case 'mss':
      return `mss ${option.mss}`;
    case 'windowScale':
      return `wscale ${option.shift}`;
    case 'sackPermitted':
      return 'sackOK';
    case 'sack':
      return `sack ${option.blocks.map((block) => block.join(':')).join(' ')}`;
    case 'timestamps':
      return `TS val ${option.value} ecr ${option.echo}`;
    case 'fastOpen':
      return cookieText(option.experimental, hexText(option.cookie));
    default:
      return `kind ${option.number} ${hexText(option.bytes)}`;
  }
};
