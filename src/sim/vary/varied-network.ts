import type { FaultRule, PacketPeek } from '../../link/index.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../tcpip/wire/index.ts';
import { MILLISECOND, SECOND } from '../../time/index.ts';
import type { DriverScenario } from '../driver-scenario.ts';
import type { Aspect } from './aspects.ts';
import type { Choices } from './choices.ts';

/** The network makes trouble until then; what has begun must finish afterwards. */
const QUIET_FROM = 20 * SECOND;

const ROUND_TRIPS = [0, 1, 250, 1500];

/** A retransmission takes 300 ms at least. */
const LATE = 800 * MILLISECOND;
const OVERTAKEN = 30 * MILLISECOND;
const DOWN = 3 * SECOND;

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

/** What befalls packets: rules for each direction of the link. */
export const variedFaults = (choices: Choices): NonNullable<DriverScenario['faults']> => {
  let downUntil = 0;
  return (now) => {
    const swallows = choices.chance('fastOpen', 0.2, 'the path swallows SYNs that carry data');
    const strikes = (aspect: Aspect, probability: number, what: string) => (packet: PacketPeek) =>
      now() < QUIET_FROM && choices.chance(aspect, probability, () => `${packetName(packet)} ${what}`);
    const isCutAt = strikes('cut', 0.05, 'and all others for 3 s find the link down');
    const isDown = (packet: PacketPeek): boolean => {
      if (now() >= downUntil && isCutAt(packet)) downUntil = now() + DOWN;
      return now() < downUntil;
    };
    return [
      ...(swallows ? [swallowsSyns] : []),
      { action: 'drop', match: isDown },
      { action: 'drop', match: strikes('lose', 0.2, 'is lost') },
      { action: 'duplicate', match: strikes('duplicate', 0.2, 'comes twice') },
      { action: 'reorder', delay: OVERTAKEN, match: strikes('reorder', 0.3, 'is overtaken') },
      { action: 'delay', delay: LATE, match: strikes('late', 0.1, 'is 800 ms late') },
    ];
  };
};

const swallowsSyns: FaultRule = { action: 'drop', match: ({ syn, payloadLength }) => syn && payloadLength > 0 };

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
  const ports = `from port ${sourcePort} to ${destinationPort}`;
  if (protocol === PROTOCOL_UDP) return `a datagram of ${payloadLength} bytes ${ports}`;
  if (protocol !== PROTOCOL_TCP) return `a packet of protocol ${protocol}`;
  const flags = [syn && 'SYN', fin && 'FIN', rst && 'RST', ack && !syn && !fin && payloadLength === 0 && 'ACK'];
  const name = [...flags.filter(Boolean), ...(payloadLength > 0 ? [`${payloadLength} bytes`] : [])].join(' ');
  return `${syn && ack ? 'SYN ACK' : name} ${ports}`;
};
