import type { Link, LinkEnd, PacketReceiver } from './link.ts';

/**
 * Joins two links end to end: what comes out of one goes into the other. So a link with faults stands in front of a
 * device that has none.
 */
export const splice = (first: Link, second: Link): void => {
  const ends: LinkEnd[] = [];
  const into = (other: number): PacketReceiver => ({ receive: (packet) => ends[other].send(packet) });
  ends.push(first.attach(into(1), 0, second.name), second.attach(into(0), 0, first.name));
};
