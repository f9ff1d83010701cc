import { ntStatusName, STATUS_PENDING } from '../base/index.ts';
import type { TcpSegment } from '../tcpip/wire/index.ts';
import { type Recorder, RecordKind } from '../trace/index.ts';
import { type Origin, packetText } from './packet-text.ts';
import { fateOf, milliseconds } from './text.ts';

export interface LadderOptions {
  /** The machine whose calls are shown, by its number in the trace; all unless given. */
  readonly machine?: number;
  /** First record shown. */
  readonly from?: number;
  /** Subtracted from all times, nanoseconds. */
  readonly origin?: number;
  /** Names of machines by number. */
  readonly names: ReadonlyMap<number, string>;
}

/**
 * Calls and packets in the order of their times: what a machine asked for at the left, what then went over the link,
 * as arrows with the sender's name first. Sequence numbers count from each side's SYN.
 */
export const ladder = (trace: Recorder, options: LadderOptions): string[] => {
  const { machine, from = 0, origin = 0, names } = options;
  const lines: string[] = [];
  const calls = new Map<number, string>();
  const starts = new Map<string, number>();
  let index = 0;
  for (const { time, kind, machine: where, a, b, c, d } of trace.records()) {
    const shown = index++ >= from && (machine === undefined || where === machine || kind === RecordKind.Packet);
    const say = (text: string): void => {
      if (shown) lines.push(`${milliseconds(time - origin)} ms  ${text}`);
    };
    const name = machine === undefined ? `${names.get(where) ?? where}: ` : '';
    if (kind === RecordKind.Call) calls.set(c, trace.nameOf(a));
    else if (kind === RecordKind.Return) say(`${name}${trace.nameOf(a)} returns ${ntStatusName(d)}`);
    else if (kind === RecordKind.Complete && calls.has(c)) say(`${name}${calls.get(c)} ${completion(a, b)}`);
    else if (kind === RecordKind.Callback)
      say(`${name}${trace.nameOf(a)} returns ${ntStatusName(c)}${d > 0 ? ` (${d} bytes)` : ''}`);
    else if (kind === RecordKind.Print) say(`${name}DbgPrint: ${trace.nameOf(a).trimEnd()}`);
    else if (kind === RecordKind.BugCheck) say(`${name}BUG CHECK ${trace.nameOf(b)} ${trace.nameOf(c)}`);
    else if (kind === RecordKind.Packet) {
      const packet = packetText(trace.packet(d), (segment) => relative(starts, trace.packet(d), segment));
      say(`    ${trace.nameOf(a)} ──▶  ${packet.text}${fateOf(trace, b)}`);
    }
  }
  return lines;
};

const completion = (status: number, information: number): string =>
  `completes ${ntStatusName(status)}${status !== STATUS_PENDING && information > 0 ? `, ${information} bytes` : ''}`;

/** Each direction counts from the sequence number of its SYN. */
const relative = (starts: Map<string, number>, bytes: Uint8Array, segment: TcpSegment): Origin => {
  const { source, destination } = packetText(bytes);
  const own = `${source}>${destination}`;
  if (segment.flags & 2) starts.set(own, segment.sequence);
  return {
    sequence: starts.get(own) ?? segment.sequence,
    acknowledgment: starts.get(`${destination}>${source}`) ?? segment.acknowledgment,
  };
};
