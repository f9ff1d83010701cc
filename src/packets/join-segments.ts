import type { Nanoseconds } from '../time/index.ts';
import type { Flow } from './flow.ts';
import type { LivePacket } from './live-packet.ts';

const MOST_OPTION_BYTES = 40;

/**
 * Scripts may write several full segments in a row as one packet, as offloading to the network card shows them: takes
 * what follows `first` off the flow's queue until `length` bytes are together.
 * @param latest when the last piece may have been sent
 */
export const joinSegments = (
  flow: Flow,
  first: LivePacket,
  length: number,
  latest: Nanoseconds,
  mtu: number,
): LivePacket => {
  const full = Math.min(flow.remoteMss, mtu - (flow.version === 4 ? 40 : 60)) - MOST_OPTION_BYTES;
  let joined = first;
  let last = first.segment;
  while (joined.segment.payload.length < length && last.payload.length >= full) {
    const [next] = flow.queue;
    const { payload, sequence } = joined.segment;
    if (next === undefined || next.at > latest || next.segment.payload.length === 0) break;
    if (next.segment.sequence !== (sequence + payload.length) >>> 0) break;
    if (payload.length + next.segment.payload.length > length) break;
    flow.queue.shift();
    last = next.segment;
    const both = new Uint8Array(payload.length + last.payload.length);
    both.set(payload);
    both.set(last.payload, payload.length);
    joined = { ...joined, segment: { ...last, sequence, payload: both } };
  }
  return joined;
};
