import { ACK, PSH, SYN, type TcpOptionValue, type TcpSegment } from '../tcpip/wire/index.ts';
import type { Flow } from './flow.ts';
import { hexText, liveOptionText } from './packet-notation.ts';
import { patternFault } from './pattern.ts';
import type { ScriptPacket, ScriptTcpOption } from './script.ts';

export interface CompareOptions {
  readonly ignorePush: boolean;
  /** Microseconds per tick of our timestamps, to compare their values; 0: any value will do. */
  readonly timestampTick: number;
  readonly tolerance: number;
  readonly cookieOf: (option: ScriptTcpOption & { kind: 'FO' }) => Uint8Array;
}

/**
 * What differs between a packet of ours, in the script's numbers, and what the script expects; empty when it fits.
 * Options are compared one by one; their order and padding are free (RFC 9293, section 3.2, lets the sender choose).
 */
export const differences = (
  expected: ScriptPacket,
  got: TcpSegment,
  ecn: number,
  flow: Flow,
  options: CompareOptions,
): string[] => {
  const found: string[] = [];
  const mask = options.ignorePush ? ~PSH : ~0;
  if ((expected.flags & mask) !== (got.flags & mask)) found.push('flags');
  if (expected.seq !== got.sequence) found.push('sequence number');
  if (expected.length !== got.payload.length) found.push('length');
  if ((expected.flags & ACK) !== 0 && (got.flags & ACK) !== 0 && (expected.ack ?? 0) !== got.acknowledgment) {
    found.push('acknowledgment');
  }
  if (expected.window !== null && expected.window !== got.window) found.push('window');
  if (expected.urgent !== null && expected.urgent !== got.urgent) found.push('urgent pointer');
  if (expected.ecn !== null && expected.ecn !== ecn) found.push('ECN bits of the IP header');
  if (found.length > 0) return found;
  const isSyn = (got.flags & SYN) !== 0;
  const offset = isSyn ? got.sequence - flow.scriptLocalIsn : got.sequence - 1;
  const fault = patternFault(got.payload, offset);
  if (fault >= 0) found.push(`payload, at byte ${fault}`);
  if (expected.options !== null) found.push(...optionDifferences(expected.options, got.options, flow, options));
  return found;
};

const optionDifferences = (
  expected: readonly ScriptTcpOption[],
  got: readonly TcpOptionValue[],
  flow: Flow,
  options: CompareOptions,
): string[] => {
  const left = [...got];
  const found: string[] = [];
  for (const option of expected) {
    if (option.kind === 'nop' || option.kind === 'eol') continue;
    const at = left.findIndex((one) => fits(option, one, flow, options));
    if (at >= 0) left.splice(at, 1);
    else found.push(`option ${option.kind}`);
  }
  for (const option of left) found.push(`option ${liveOptionText(option).split(' ')[0]}`);
  return [...new Set(found)];
};

const fits = (option: ScriptTcpOption, got: TcpOptionValue, flow: Flow, options: CompareOptions): boolean => {
  switch (option.kind) {
    case 'mss':
      return got.kind === 'mss' && got.mss === option.mss;
    case 'wscale':
      return got.kind === 'windowScale' && got.shift === option.shift;
    case 'sackOK':
      return got.kind === 'sackPermitted';
    case 'sack':
      return got.kind === 'sack' && got.blocks.join(' ') === option.blocks.join(' ');
    case 'TS':
      return got.kind === 'timestamps' && fitsTimestamps(option, got, flow, options);
    case 'FO':
      return (
        got.kind === 'fastOpen' &&
        got.experimental === option.experimental &&
        hexText(got.cookie) === hexText(options.cookieOf(option))
      );
    default:
      return false;
  }
};

const fitsTimestamps = (
  option: ScriptTcpOption & { kind: 'TS' },
  got: TcpOptionValue & { kind: 'timestamps' },
  flow: Flow,
  { timestampTick, tolerance }: CompareOptions,
): boolean => {
  if (option.echo !== got.echo) return false;
  flow.timestamps.set(option.value, got.value);
  flow.timestampBase ??= [option.value, got.value];
  if (timestampTick === 0) return true;
  const [script, live] = flow.timestampBase;
  const late = ((got.value - live) | 0) - ((option.value - script) | 0);
  return Math.abs(late) * timestampTick * 1000 <= tolerance;
};
