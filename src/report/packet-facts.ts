import { FIN, SYN } from '../tcpip/wire/index.ts';
import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';
import { type PacketHead, packetHead } from './packet-head.ts';

// What a packet is beside what it says.
export const MARK_DROPPED = 1;
export const MARK_AGAIN = 2;
export const MARK_COPY = 4;
export const MARK_DAMAGED = 8;

/** One packet of a trace and what those before it make of it. */
export interface PacketFacts {
  readonly head: PacketHead | null;
  /** Its connection, `10.0.0.1:49152 - 10.0.0.2:7`, who sent first at the left; '' without ports. */
  readonly connection: string;
  /** Where its sequence numbers count from: the SYN of each side, as far as it was seen. */
  readonly sequenceFrom: number;
  readonly acknowledgmentFrom: number;
  /** The bits above. */
  readonly marks: number;
}

/** One direction of a connection. */
interface Direction {
  start: number;
  hasStart: boolean;
  /** The end of what was sent so far, per end of a link that it left by. */
  readonly sent: Map<number, number>;
}

/** Reads packets in the order of a trace and tells what each is: first or again, of which connection. */
export class PacketReader {
  private readonly trace: Recorder;
  private readonly connections = new Map<string, string>();
  private readonly directions = new Map<string, Direction>();

  constructor(trace: Recorder) {
    this.trace = trace;
  }

  /** @param record of a packet  @param head its head, if it is known already */
  read({ a, b, d }: TraceRecord, head = packetHead(this.trace.packet(d))): PacketFacts {
    const fate = this.trace.nameOf(b);
    let marks = marksOfFate(fate);
    if (head === null || head.tcp === null) {
      const connection = head === null ? '' : this.connectionOf(head);
      return { head, connection, sequenceFrom: 0, acknowledgmentFrom: 0, marks };
    }
    const { sequence, flags } = head.tcp;
    const own = this.directionOf(head.source, head.destination);
    const other = this.directionOf(head.destination, head.source);
    // What a link copied or damaged is no word of the sender's.
    if ((marks & (MARK_COPY | MARK_DAMAGED)) === 0) {
      if (flags & SYN && !(own.hasStart && own.start === sequence)) {
        Object.assign(own, { start: sequence, hasStart: true });
        own.sent.clear();
      }
      if (isAgain(own, a, sequence, head.payloadLength + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0)))
        marks |= MARK_AGAIN;
    }
    return {
      head,
      connection: this.connectionOf(head),
      sequenceFrom: own.hasStart ? own.start : sequence,
      acknowledgmentFrom: other.hasStart ? other.start : head.tcp.acknowledgment,
      marks,
    };
  }

  private connectionOf({ source, destination }: PacketHead): string {
    const [there, back] = [`${source} - ${destination}`, `${destination} - ${source}`];
    const known = this.connections.get(there) ?? this.connections.get(back);
    if (known !== undefined) return known;
    this.connections.set(there, there);
    return there;
  }

  private directionOf(from: string, to: string): Direction {
    const key = `${from}>${to}`;
    let direction = this.directions.get(key);
    if (direction === undefined) this.directions.set(key, (direction = { start: 0, hasStart: false, sent: new Map() }));
    return direction;
  }
}

/** Notes what a segment takes of the sequence space, and tells whether some of it had left by this end before. */
const isAgain = ({ sent }: Direction, end: number, sequence: number, length: number): boolean => {
  if (length === 0) return false;
  const before = sent.get(end);
  const to = (sequence + length) | 0;
  if (before === undefined || ((to - before) | 0) > 0) sent.set(end, to);
  return before !== undefined && ((sequence - before) | 0) < 0;
};

const marksOfFate = (fate: string): number => {
  if (fate === 'sent') return 0;
  if (fate.startsWith('duplicated ')) return MARK_COPY;
  return fate.startsWith('corrupted ') ? MARK_DAMAGED : MARK_DROPPED;
};

/** All packets of a trace, by field d of their records. */
export const packetFacts = (trace: Recorder): PacketFacts[] => {
  const reader = new PacketReader(trace);
  const facts: PacketFacts[] = [];
  for (const record of trace.records()) if (record.kind === RecordKind.Packet) facts[record.d] = reader.read(record);
  return facts;
};
