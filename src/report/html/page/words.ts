import { ntStatusName } from '../../../base/index.ts';
import { RecordKind } from '../../../trace/index.ts';
import { MARK_AGAIN, MARK_COPY, MARK_DAMAGED, MARK_DROPPED } from '../../packet-facts.ts';
import { type PacketHead, packetHead, type TcpHead } from '../../packet-head.ts';
import { flagsText, optionText } from '../../packet-text.ts';
import type { Call, Model } from './model.ts';

/** Milliseconds with three digits; six where that would hide something. */
export const ms = (nanoseconds: number): string => {
  const digits = nanoseconds % 1000 === 0 ? 3 : 6;
  return (nanoseconds / 1e6).toFixed(digits);
};

/** As few digits as say the same. */
export const shortMs = (nanoseconds: number): string => `${Number((nanoseconds / 1e6).toFixed(3))} ms`;

export const irqlName = (irql: number): string =>
  ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL'][irql] ?? `IRQL ${irql}`;

/** A packet as its label shows it. */
export interface PacketWords {
  readonly flags: string;
  readonly numbers: string;
  /** The client's port, where packets of several connections mix. */
  readonly port: string;
  readonly payload: string;
  /** What it has to say of Fast Open. */
  readonly fastOpen: string;
  readonly options: string;
  /** What befell it. */
  readonly fate: string;
  readonly marks: number;
  /** For its colour. */
  readonly tone: 'open' | 'data' | 'quiet' | 'end' | 'reset' | 'other';
}

export const packetWords = (model: Model, record: number): PacketWords => {
  const { d, b, packets } = model.run;
  const packet = d[record];
  const marks = packets.marks[packet];
  const head = packetHead(model.packetBytes(packet), packets.length[packet]);
  const fate = fateWords(marks, model.name(b[record]));
  const port = model.isInterleaved && head !== null ? portOf(head) : '';
  const none = { numbers: '', port, fastOpen: '', options: '', fate, marks };
  if (head === null) return { ...none, flags: 'malformed', payload: `${packets.length[packet]} bytes`, tone: 'other' };
  const payload = head.payloadLength > 0 ? `${head.payloadLength} bytes` : '';
  const { tcp } = head;
  if (tcp === null) return { ...none, flags: protocolName(head.protocol), payload, tone: 'other' };
  const origin = { sequence: packets.sequenceFrom[packet], acknowledgment: packets.acknowledgmentFrom[packet] };
  const sequence = (tcp.sequence - origin.sequence) >>> 0;
  const acknowledgment = (tcp.acknowledgment - origin.acknowledgment) >>> 0;
  const isFastOpen = ({ kind }: TcpHead['options'][number]): boolean => kind === 'fastOpen';
  const cookie = tcp.options.find(isFastOpen);
  return {
    ...none,
    flags: flagsText(tcp.flags),
    numbers: `seq ${sequence}${tcp.flags & 16 ? ` ack ${acknowledgment}` : ''}`,
    payload,
    fastOpen: cookie === undefined ? '' : fastOpenWords(cookie, (tcp.flags & 16) !== 0),
    options: tcp.options
      .filter((option) => !isFastOpen(option))
      .flatMap((option) => optionText(option, origin))
      .join(', '),
    tone: toneOf(tcp.flags, head.payloadLength),
  };
};

/** The higher of both ports is the client's, as a rule: servers have the low ones. */
const portOf = ({ source, destination }: PacketHead): string => {
  const ports = [source, destination].map((text) => Number(/[\]\d]:(\d+)$/.exec(text)?.[1] ?? 0));
  const most = Math.max(...ports);
  return most === 0 ? '' : `:${most}`;
};

const fastOpenWords = (option: TcpHead['options'][number], isAnswer: boolean): string => {
  if (option.kind !== 'fastOpen') return '';
  if (option.cookie.length === 0) return 'asks for a Fast Open cookie';
  return `${isAnswer ? 'gives a' : 'shows its'} Fast Open cookie`;
};

const toneOf = (flags: number, payload: number): PacketWords['tone'] => {
  if (flags & 4) return 'reset';
  if (flags & 2) return payload > 0 ? 'data' : 'open';
  if (payload > 0) return 'data';
  return flags & 1 ? 'end' : 'quiet';
};

const fateWords = (marks: number, fate: string): string => {
  if (marks & MARK_DROPPED) return fate;
  const words = [marks & MARK_AGAIN ? 'sent again' : '', marks & (MARK_COPY | MARK_DAMAGED) ? fate : ''];
  return words.filter(Boolean).join(', ');
};

const protocolName = (protocol: number): string =>
  ({ 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' })[protocol] ?? `protocol ${protocol}`;

/** A call's line: what it returned, and its end when that came at once. */
export const callWords = (model: Model, call: Call): string => {
  const { a, b, d } = model.run;
  if (call.returned < 0) return 'has not returned';
  const returned = ntStatusName(d[call.returned]);
  if (!model.isAtOnce(call)) return model.shownBy[call.returned] === call.called ? returned : '';
  const { completed } = call;
  const end = outcomeWords(a[completed], b[completed]);
  return model.hasPended(call) ? `${returned}, then ${end}` : end;
};

export const outcomeWords = (status: number, information: number): string =>
  `${ntStatusName(status)}${information > 0 ? `, ${information} bytes` : ''}`;

/** A record in one line of text: for search, for those who hear the page, for print. */
export const recordWords = (model: Model, record: number): string => {
  const { kind, a, b, c, d, packets } = model.run;
  switch (kind[record]) {
    case RecordKind.Call: {
      const call = model.calls.get(c[record]);
      return `${model.name(a[record])} ${call === undefined ? '' : callWords(model, call)}`.trim();
    }
    case RecordKind.Return:
      return `${model.name(a[record])} returns ${ntStatusName(d[record])}`;
    case RecordKind.Complete:
      return `${model.calls.get(c[record])?.name ?? '?'} completes: ${outcomeWords(a[record], b[record])}`;
    case RecordKind.Callback:
      return `${model.name(a[record])} returned ${ntStatusName(c[record])}${d[record] > 0 ? `, ${d[record]} bytes` : ''}`;
    case RecordKind.EarlyData:
      return earlyWords(b[record], c[record]);
    case RecordKind.Thread:
      return `thread ${model.name(a[record])} ${c[record] === 1 ? 'begins' : 'ends'}`;
    case RecordKind.Print:
      return `DbgPrint: ${model.name(a[record]).trimEnd()}`;
    case RecordKind.Packet: {
      const words = packetWords(model, record);
      const way = `${model.name(a[record])} to ${model.name(packets.to[d[record]])}:`;
      const said = [
        way,
        words.flags,
        words.numbers,
        words.port,
        words.payload,
        words.fastOpen,
        words.options,
        words.fate,
      ];
      return said.filter(Boolean).join(' ');
    }
    case RecordKind.BugCheck:
      return `BUG CHECK 0x${a[record].toString(16).toUpperCase()} ${model.name(b[record])} ${model.name(c[record])}`;
    case RecordKind.Finding:
      return [a[record] === 1 ? 'advice' : 'error', model.name(b[record]), model.name(c[record])]
        .filter(Boolean)
        .join(' ');
    case RecordKind.TcpState:
      return `TCP ${model.name(b[record])} (${model.name(a[record]).replace('>', ' to ')})`;
    case RecordKind.TcpWindow: {
      const threshold = c[record] < 0 ? '' : `, threshold ${c[record]}`;
      return `congestion window ${b[record]}${threshold}, in flight ${d[record]}`;
    }
    default:
      return model.name(a[record]);
  }
};

const earlyWords = (bytes: number, acked: number): string => {
  if (bytes < 0) return 'connected; bytes in the SYN unknown';
  if (bytes === 0) return 'connected; no data in the SYN';
  const taken =
    acked === 1 ? 'the peer took them' : acked === 0 ? 'the peer did not take them' : 'not acknowledged yet';
  return `connected; ${bytes} bytes rode in the SYN, ${taken}`;
};
