import type { Random } from '../../src/base/index.ts';
import type { ForgedPacket } from './forged-packet.ts';

/**
 * The grammar of what stands between the IP header and the transport: options of IPv4 (RFC 791, section 3.1), extension
 * headers of IPv6 (RFC 8200, section 4), right in most places and wrong in one.
 */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const NO_NEXT = 59;
const DESTINATION = 60;
const HEADERS = [HOP_BY_HOP, DESTINATION, DESTINATION, ROUTING, FRAGMENT, FRAGMENT, AUTHENTICATION];
/** No-operation, record route, timestamps, router alert, both source routes, security. */
const OPTIONS_V4 = [1, 1, 7, 68, 148, 131, 137, 130];
/** Padding, router alert, jumbo payload, and unknown ones with each of the four actions (RFC 8200, section 4.2). */
const OPTIONS_V6 = [0, 1, 1, 5, 0xc2, 0x1e, 0x5e, 0x9e, 0xde];

export const forgeBehindIp = (random: Random, packet: ForgedPacket): void => {
  packet.extraLength = 0;
  if (packet.version === 4) forgeOptions4(random, packet);
  else forgeChain(random, packet);
};

/** Up to 40 bytes; at times a length that leads out of the header. */
const forgeOptions4 = (random: Random, packet: ForgedPacket): void => {
  const { extra } = packet;
  const room = 4 * (1 + random.below(10));
  let at = 0;
  while (at < room) {
    const type = random.below(12) === 0 ? random.below(256) : OPTIONS_V4[random.below(OPTIONS_V4.length)];
    extra[at++] = type;
    if (type <= 1 || at >= room) continue;
    const length = random.below(6) === 0 ? random.below(256) : Math.min(3 + random.below(9), room - at + 1);
    extra[at] = length;
    for (let i = 1; i < length - 1 && at + i < room; i++) extra[at + i] = random.below(256);
    at += Math.max(length - 1, 1);
  }
  packet.extraLength = room;
};

/** A chain of up to twelve headers; `protocol` stands behind the last of them. */
const forgeChain = (random: Random, packet: ForgedPacket): void => {
  const count = random.below(8) === 0 ? 1 + random.below(12) : 1 + random.below(3);
  for (let i = 0; i < count; i++) {
    const isRight = i === 0 && random.below(3) === 0;
    const type = isRight ? HOP_BY_HOP : HEADERS[random.below(HEADERS.length)];
    if (!appendHeader(random, packet, random.below(64) === 0 ? random.below(256) : type)) break;
  }
  if (random.below(16) === 0) packet.protocol = NO_NEXT;
};

/** @returns false when there is no room for another */
const appendHeader = (random: Random, packet: ForgedPacket, type: number): boolean => {
  const { extra } = packet;
  const start = packet.extraLength;
  const units = type === FRAGMENT || random.below(3) > 0 ? 1 : 1 + random.below(5);
  if (start + 8 * units > extra.length) return false;
  packet.chain(type, 8 * units);
  // At times it claims to be longer than it is.
  extra[start + 1] = random.below(24) === 0 ? random.below(256) : type === AUTHENTICATION ? 2 * units - 2 : units - 1;
  if (type === FRAGMENT) forgeFragmentHeader(random, extra, start);
  else if (type === ROUTING) {
    extra[start + 2] = random.below(5);
    extra[start + 3] = random.below(2) === 0 ? 0 : random.below(4);
    for (let i = 4; i < 8 * units; i++) extra[start + i] = random.below(256);
  } else forgeOptions6(random, extra, start + 2, start + 8 * units);
  return true;
};

/** Whole by itself (RFC 6946), a piece near the start, or anywhere. */
const forgeFragmentHeader = (random: Random, extra: Uint8Array, start: number): void => {
  const kind = random.below(3);
  const word = kind === 0 ? 0 : kind === 1 ? (random.below(4) << 3) | random.below(2) : random.below(0x10000);
  extra[start + 1] = 0;
  extra[start + 2] = word >> 8;
  extra[start + 3] = word;
  for (let i = 4; i < 7; i++) extra[start + i] = 0;
  extra[start + 7] = random.below(8); // few names, so that pieces meet
};

const forgeOptions6 = (random: Random, extra: Uint8Array, from: number, to: number): void => {
  for (let at = from; at < to; ) {
    const left = to - at;
    const type = random.below(3) > 0 ? 1 : OPTIONS_V6[random.below(OPTIONS_V6.length)];
    extra[at++] = type;
    if (type === 0 || left === 1) continue;
    const most = Math.min(left - 2, type === 1 ? 5 : 12);
    const length = random.below(24) === 0 ? random.below(256) : random.below(most + 1);
    extra[at++] = length;
    for (let i = 0; i < length && at < to; i++) extra[at++] = 0;
  }
};
