import { STATUS_PENDING } from '../base/index.ts';
import { ACK, SYN } from '../tcpip/wire/index.ts';
import { type Recorder, RecordKind } from '../trace/index.ts';
import { MARK_AGAIN, type PacketFacts } from './packet-facts.ts';

/** How a connect went: what people want to know of a run at first sight. Times in nanoseconds. */
export interface ConnectStory {
  readonly request: number;
  readonly call: string;
  readonly machine: number;
  readonly called: number;
  status: number;
  completed: number | null;
  /** As PacketFacts has it; '' while nothing was sent. */
  connection: string;
  /** Number of its SYN's packet, and of the answer's; -1 for none. */
  syn: number;
  synAck: number;
  /** When the SYN left, the last one if it had to be sent again; null for never. */
  asked: number | null;
  /** From then to the arrival of the answer; null while there is none. */
  roundTrip: number | null;
  bytesInSyn: number;
  /** Whether the peer took them with its answer; null for no bytes, or unknown. */
  taken: boolean | null;
  /** What the SYN had to say of Fast Open: nothing, the request for a cookie, or a cookie. */
  cookie: 'none' | 'asked' | 'sent';
  /** When the first byte of the peer arrived. */
  firstByte: number | null;
}

/** Every connect of a trace, in the order of the calls. @param facts of its packets */
export const connectStories = (trace: Recorder, facts: readonly PacketFacts[]): ConnectStory[] => {
  const stories = new Map<number, ConnectStory>();
  const bySocket = new Map<number, ConnectStory>();
  const byConnection = new Map<string, Opened>();
  for (const { time, kind, machine, a, b, c, d } of trace.records()) {
    if (kind === RecordKind.Call && /^Wsk(?:Socket)?Connect/.test(trace.nameOf(a))) {
      const story = newStory(c, trace.nameOf(a), machine, time);
      stories.set(c, story);
      bySocket.set(b, story);
    } else if (kind === RecordKind.Complete) {
      const story = stories.get(c);
      if (story !== undefined) Object.assign(story, { status: a, completed: time });
    } else if (kind === RecordKind.EarlyData) {
      const story = bySocket.get(a);
      if (story !== undefined && b > 0 && c >= 0) story.taken = c === 1;
    } else if (kind === RecordKind.Packet) {
      const { head, connection } = facts[d];
      if (head?.tcp == null) continue;
      const story = stories.get(c);
      if (story !== undefined && (head.tcp.flags & (SYN | ACK)) === SYN) {
        const known = byConnection.get(connection);
        if (known === undefined || known.end === a) {
          byConnection.set(connection, { story, end: a });
          noteSyn(story, time, d, facts[d]);
        }
      } else {
        // Routers pass an answer on: it counts where the SYN came from.
        const opened = byConnection.get(connection);
        if (opened !== undefined && trace.destination(d) === opened.end) noteAnswer(opened.story, trace, d, facts[d]);
      }
    }
  }
  return [...stories.values()];
};

/** A connection, and the end of the link by which its SYN left. */
interface Opened {
  readonly story: ConnectStory;
  readonly end: number;
}

const newStory = (request: number, call: string, machine: number, called: number): ConnectStory => ({
  request,
  call,
  machine,
  called,
  status: STATUS_PENDING,
  completed: null,
  connection: '',
  syn: -1,
  synAck: -1,
  asked: null,
  roundTrip: null,
  bytesInSyn: 0,
  taken: null,
  cookie: 'none',
  firstByte: null,
});

const noteSyn = (story: ConnectStory, time: number, packet: number, { head, connection, marks }: PacketFacts): void => {
  const option = head!.tcp!.options.find(({ kind }) => kind === 'fastOpen');
  story.connection = connection;
  story.asked = time;
  if ((marks & MARK_AGAIN) !== 0) return;
  story.syn = packet;
  story.bytesInSyn = head!.payloadLength;
  if (option?.kind === 'fastOpen') story.cookie = option.cookie.length === 0 ? 'asked' : 'sent';
};

const noteAnswer = (story: ConnectStory, trace: Recorder, packet: number, { head }: PacketFacts): void => {
  const arrival = trace.arrival(packet);
  if (arrival === null) return;
  if ((head!.tcp!.flags & SYN) !== 0 && story.synAck < 0) {
    story.synAck = packet;
    if (story.asked !== null) story.roundTrip = arrival - story.asked;
  }
  if (head!.payloadLength > 0 && story.firstByte === null) story.firstByte = arrival;
};
