import { packetHead } from './packet-head.ts';
import { flagsText, type Origin, optionText } from './packet-text.ts';

/** The fields of one header, as people read them. */
export interface Layer {
  readonly layer: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/**
 * A packet's headers, field by field.
 * @param length bytes on the wire  @param origin what sequence numbers are counted from beside their values on the wire
 */
export const packetFields = (bytes: Uint8Array, length: number, origin: Origin): Layer[] => {
  const head = packetHead(bytes, length);
  if (head === null) return [{ layer: 'Malformed', fields: [['length', `${length}`]] }];
  const { version, source, destination, protocol, hopLimit, transport, payload, payloadLength, tcp } = head;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at) : 0);
  const hex = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;
  const common: [string, string][] = [
    ['source', source],
    ['destination', destination],
    ['protocol', `${protocol}`],
    [version === 4 ? 'time to live' : 'hop limit', `${hopLimit}`],
    ['length', `${length} bytes, ${payloadLength} of them payload`],
  ];
  const ip: [string, string][] =
    version === 4
      ? [
          ...common,
          ['congestion mark', `${bytes[1] & 3}`],
          ['flags', fragmentText(word(6))],
          ['checksum', hex(word(10))],
        ]
      : [...common, ['congestion mark', `${(bytes[1] >> 4) & 3}`], ['flow label', `${view.getUint32(0) & 0xfffff}`]];
  const layers: Layer[] = [{ layer: `IPv${version}`, fields: ip }];
  if (tcp === null) {
    if (payload > transport) layers.push({ layer: 'Transport', fields: [['checksum', hex(word(transport + 6))]] });
    return layers;
  }
  const relative = (value: number, from: number): string => `${(value - from) >>> 0} (${value} on the wire)`;
  layers.push({
    layer: 'TCP',
    fields: [
      ['flags', flagsText(tcp.flags)],
      ['sequence', relative(tcp.sequence, origin.sequence)],
      ['acknowledgment', tcp.flags & 16 ? relative(tcp.acknowledgment, origin.acknowledgment) : 'none'],
      ['window', `${tcp.window}, before scaling`],
      ['checksum', hex(word(transport + 16))],
      ['header', `${payload - transport} bytes`],
    ],
  });
  const options = tcp.options.flatMap((option): [string, string][] =>
    option.kind === 'timestamps'
      ? [['timestamps', `${option.value}, echo ${option.echo}`]]
      : optionText(option, origin).map((text) => [optionNames[option.kind] ?? option.kind, text]),
  );
  if (options.length > 0) layers.push({ layer: 'TCP options', fields: options });
  return layers;
};

const optionNames: Readonly<Record<string, string>> = {
  mss: 'segment size',
  windowScale: 'window scale',
  sackPermitted: 'SACK',
  sack: 'SACK blocks',
  fastOpen: 'Fast Open',
  unknown: 'unknown',
};

const fragmentText = (word: number): string => {
  const offset = (word & 0x1fff) * 8;
  const parts = [
    word & 0x4000 ? "don't fragment" : '',
    word & 0x2000 ? 'more fragments' : '',
    offset > 0 ? `offset ${offset}` : '',
  ];
  return parts.filter(Boolean).join(', ') || 'none';
};
