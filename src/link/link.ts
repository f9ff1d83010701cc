import type { PacketArena, PacketHandle } from './arena.ts';

/** Takes packets that arrive: a host, a router, a test. */
export interface PacketReceiver {
  /**
   * @param packet now the receiver's, with one reference
   * @param port the number that the receiver gave when it attached
   */
  receive(packet: PacketHandle, port: number): void;
}

/** One end of a link, as the thing attached to it sees it. */
export interface LinkEnd {
  readonly name: string;
  /** The longest IP packet that the link carries, in bytes. */
  readonly mtu: number;
  /** Hands a packet and its reference to the link. Never delivers within the call. */
  send(packet: PacketHandle): void;
}

/** Carries IP packets between ends; no link-layer header, no address resolution. */
export interface Link {
  readonly name: string;
  /** @param port handed back with every packet  @param name how captures call this end, such as the machine's name */
  attach(receiver: PacketReceiver, port: number, name: string): LinkEnd;
}

/** What became of a packet at a link, as a tap is told. */
export const FATE = Object.freeze({
  sent: 0,
  lost: 1,
  ruleDrop: 2,
  queueFull: 3,
  tooLong: 4,
  partitioned: 5,
  corrupted: 6,
  duplicate: 7,
  noRoute: 8,
  hopLimit: 9,
  noReceiver: 10,
});
export type PacketFate = (typeof FATE)[keyof typeof FATE];

/** In the order of FATE's numbers. */
export const fateText: readonly string[] = [
  'sent',
  'lost on the link',
  'dropped by a fault rule',
  'dropped: link queue full',
  'dropped: longer than the MTU',
  'dropped: link partitioned',
  'corrupted by a fault rule',
  'duplicated by a fault rule',
  'dropped: no route',
  'dropped: hop limit reached',
  'dropped: nothing attached to the other end',
];

/** True for the fates that end a packet. */
export const isDropped = (fate: PacketFate): boolean =>
  fate !== FATE.sent && fate !== FATE.corrupted && fate !== FATE.duplicate;

/** Watches links: a capture or a recorder. Each packet is told once, when it enters the link or is dropped there. */
export interface LinkTap {
  /** Announces an end; the number returned names it in `onPacket`. */
  addInterface(name: string): number;
  /**
   * @param at nanoseconds  @param packet valid during the call only
   * @param arrival when it comes out at the other end, nanoseconds; NaN when it does not  @param to that end's number
   */
  onPacket(
    iface: number,
    at: number,
    fate: PacketFate,
    arena: PacketArena,
    packet: PacketHandle,
    arrival: number,
    to: number,
  ): void;
}
