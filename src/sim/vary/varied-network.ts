import type { FaultRule, PacketPeek } from '../../link/index.ts';
import { MILLISECOND, type Nanoseconds, SECOND } from '../../time/index.ts';
import type { Choices } from './choices.ts';

/** The network makes trouble until then; what has begun must finish afterwards. */
const QUIET_FROM = 20 * SECOND;

const ROUND_TRIPS = [0, 1, 250, 1500];

/** A retransmission takes 300 ms at least. */
const LATE = 800 * MILLISECOND;
const OVERTAKEN = 30 * MILLISECOND;

/** @returns milliseconds */
export const variedRoundTrip = (choices: Choices, rtt: number): number => {
  const way = choices.pick(
    'rtt',
    ROUND_TRIPS.length + 1,
    0.8,
    (at) => `the round trip takes ${ROUND_TRIPS[at - 1]} ms`,
  );
  return way === 0 ? rtt : ROUND_TRIPS[way - 1];
};

/** @returns bytes */
export const variedMtu = (choices: Choices): number =>
  choices.chance('mtu', 0.5, 'the path carries 1,280 bytes') ? 1280 : 1500;

/** Rules for one direction of the link. */
export const variedFaults = (choices: Choices, now: () => Nanoseconds): readonly FaultRule[] => {
  const isQuiet = (): boolean => now() >= QUIET_FROM;
  const swallows = choices.chance('fastOpen', 0.2, 'the path swallows SYNs that carry data');
  const strikes =
    (aspect: 'lose' | 'duplicate' | 'reorder' | 'late', probability: number, what: string) => (packet: PacketPeek) =>
      !isQuiet() && choices.chance(aspect, probability, () => `${packetName(packet)} ${what}`);
  return [
    ...(swallows ? [{ action: 'drop', match: ({ syn, payloadLength }) => syn && payloadLength > 0 } as FaultRule] : []),
    { action: 'drop', match: strikes('lose', 0.2, 'is lost') },
    { action: 'duplicate', match: strikes('duplicate', 0.2, 'comes twice') },
    { action: 'reorder', delay: OVERTAKEN, match: strikes('reorder', 0.3, 'is overtaken') },
    { action: 'delay', delay: LATE, match: strikes('late', 0.1, 'is 800 ms late') },
  ];
};

const packetName = ({
  protocol,
  syn,
  ack,
  fin,
  rst,
  payloadLength,
  sourcePort,
  destinationPort,
}: PacketPeek): string => {
  if (protocol !== 6) return `a packet of ${payloadLength} bytes`;
  const flags = [syn && 'SYN', fin && 'FIN', rst && 'RST', ack && !syn && !fin && payloadLength === 0 && 'ACK'];
  const name = [...flags.filter(Boolean), ...(payloadLength > 0 ? [`${payloadLength} bytes`] : [])].join(' ');
  return `${syn && ack ? 'SYN ACK' : name} from port ${sourcePort} to ${destinationPort}`;
};
