import type { Random } from '../../src/base/index.ts';
import type { Tcb } from '../../src/tcpip/index.ts';
import type { ForgedPacket } from './forged-packet.ts';
import { forgeBehindIp } from './ip-forgery.ts';

/**
 * The grammar of forgeries: each field from the values that mean something to the connection they are thrown at (the
 * edges of its windows, its timestamps, its blocks), a step beside them, or anything at all.
 */
const FLAGS = [0x10, 0x10, 0x18, 0x11, 0x04, 0x14, 0x02, 0x12, 0x00, 0x01, 0x30, 0xd0, 0x50, 0x90, 0xc2, 0xff];
const STEPS = [0, 0, 1, -1, 1460, -1460, 0x7fff_ffff, -0x8000_0000, 65_535, -65_535];

const near = (random: Random, at: number): number => {
  const step = random.below(STEPS.length + 2);
  if (step < STEPS.length) return (at + STEPS[step]) | 0;
  return step === STEPS.length ? (at + random.below(20_000) - 10_000) | 0 : random.int32();
};

const sequence = (random: Random, target: Tcb): number => {
  const edges = random.below(5);
  if (edges === 0) return near(random, target.rcvNxt);
  if (edges === 1) return near(random, target.rcvAdvertised);
  if (edges === 2) return near(random, target.lastAckSent);
  return edges === 3 ? near(random, target.irs) : (target.rcvNxt + random.below(30_000)) | 0;
};

const acknowledgment = (random: Random, target: Tcb): number => {
  const edges = random.below(5);
  if (edges === 0) return near(random, target.sndUna);
  if (edges === 1) return near(random, target.sndMax);
  if (edges === 2) return near(random, target.sndNxt);
  return edges === 3 ? near(random, target.iss) : (target.sndUna + random.below(30_000)) | 0;
};

/** One option of a random kind, with a length that fits it or not. */
const addOption = (random: Random, packet: ForgedPacket, target: Tcb): void => {
  const kind = random.below(12);
  if (kind === 0) packet.stamp(near(random, target.tsRecent), near(random, target.stack.timestampOf(target)));
  else if (kind <= 3) {
    const blocks = 1 + random.below(4);
    const at = packet.option(5, random.below(8) === 0 ? random.below(40) : 2 + 8 * blocks);
    for (let i = 0; at >= 0 && i < blocks; i++) {
      const left = acknowledgment(random, target);
      packet.word(at + 8 * i, left);
      packet.word(
        at + 8 * i + 4,
        random.below(4) === 0 ? acknowledgment(random, target) : (left + random.below(9000)) | 0,
      );
    }
  } else if (kind === 4) packet.option(4, 2);
  else if (kind === 5) fill(random, packet, 2, 4, 4);
  else if (kind === 6) fill(random, packet, 3, 3, 3);
  else if (kind === 7) fill(random, packet, 34, 2, 20);
  else if (kind === 8) {
    const at = fill(random, packet, 254, 4, 22);
    if (at >= 0) packet.word(at, (0xf989 << 16) | random.below(0x10000));
  } else if (kind === 9) fill(random, packet, random.below(256), 0, 40);
  else if (kind === 10 && packet.optionLength < 40) packet.options[packet.optionLength++] = random.below(2);
  else if (packet.optionLength < 39) {
    packet.options[packet.optionLength++] = random.below(40);
    packet.options[packet.optionLength++] = random.below(256); // a length that may lead anywhere
  }
};

const fill = (random: Random, packet: ForgedPacket, kind: number, least: number, most: number): number => {
  const length = least + random.below(most - least + 1);
  const at = packet.option(kind, length);
  for (let i = 0; i < length - 2 && at + i < 40 && at >= 0; i++) packet.options[at + i] = random.below(256);
  return at;
};

/** Makes the packet of a connection's peer into something else: between one and four fields. */
export const mutate = (random: Random, packet: ForgedPacket, target: Tcb): void => {
  for (let times = 1 + random.below(4); times > 0; times--) {
    switch (random.below(17)) {
      case 0:
      case 1:
        packet.flags = FLAGS[random.below(FLAGS.length)];
        break;
      case 2:
      case 3:
        packet.seq = sequence(random, target);
        break;
      case 4:
      case 5:
        packet.ack = acknowledgment(random, target);
        break;
      case 6:
        packet.window = random.below(2) === 0 ? random.below(3) : random.below(0x10000);
        break;
      case 7:
      case 8:
        packet.payload = random.below(4) === 0 ? random.below(1400) : 1 + random.below(4);
        break;
      case 9:
        packet.optionLength = 0;
        break;
      case 10:
      case 11:
        for (let more = 1 + random.below(3); more > 0; more--) addOption(random, packet, target);
        break;
      case 12:
        packet.urgent = random.below(0x10000);
        packet.flags |= 0x20;
        break;
      case 13:
        packet.ecn = random.below(4);
        break;
      case 14:
        mutateIp(random, packet);
        break;
      case 15:
        packet.offsetLie = random.below(32) - 16;
        break;
      default:
        if (random.below(4) === 0) packet.goodChecksum = false;
        else packet.ports ^= 1 << random.below(32);
    }
  }
};

const mutateIp = (random: Random, packet: ForgedPacket): void => {
  const what = random.below(6);
  if (what === 0) packet.fragment = (random.below(8) << 16) | random.below(0x10000);
  else if (what === 1) packet.lengthLie = random.below(200) - 100;
  else if (what === 2) forgeBehindIp(random, packet);
  else if (what === 3) packet.source[random.below(4)] ^= 1 << random.below(32);
  else if (what === 4) packet.protocol = random.below(256);
  else packet.destination[0] ^= 1 << random.below(32);
};

const TYPES_V4 = [3, 3, 3, 3, 11, 12, 0, 8, 5, 4];
const TYPES_V6 = [1, 1, 2, 2, 3, 4, 128, 129, 134, 135];

/** An ICMP message that quotes a segment of the connection, or something like one. */
export const mutateIcmp = (random: Random, packet: ForgedPacket, target: Tcb): void => {
  const isV4 = packet.version === 4;
  packet.protocol = isV4 ? 1 : 58;
  const { raw } = packet;
  const types = isV4 ? TYPES_V4 : TYPES_V6;
  raw.fill(0);
  raw[0] = random.below(8) === 0 ? random.below(256) : types[random.below(types.length)];
  raw[1] = random.below(16);
  const mtu = random.below(3) === 0 ? random.below(0x10000) : 500 + random.below(1100);
  raw[6] = mtu >> 8;
  raw[7] = mtu;
  let at = 8;
  const put = (value: number): void => {
    for (let shift = 24; shift >= 0; shift -= 8) raw[at++] = value >>> shift;
  };
  const { path } = target;
  if (isV4) {
    put(0x45000000 | random.below(1600));
    put(0x4000);
    put((63 << 24) | ((random.below(16) === 0 ? random.below(256) : 6) << 16));
    put(path.local0);
    put(path.remote0);
  } else {
    put(0x60000000);
    put((random.below(1600) << 16) | ((random.below(16) === 0 ? random.below(256) : 6) << 8) | 63);
    for (let i = 0; i < 4; i++) put(path.local[i]);
    for (let i = 0; i < 4; i++) put(path.remote[i]);
  }
  put(target.ports);
  put(acknowledgment(random, target));
  put(target.rcvNxt);
  put(0x5010_4000);
  packet.rawLength = random.below(6) === 0 ? 4 + random.below(at) : at;
  if (random.below(10) === 0) raw[8 + random.below(40)] ^= 1 << random.below(8);
  if (random.below(16) === 0) packet.goodChecksum = false;
};
