import type { Random } from '../../src/base/index.ts';
import { ESTABLISHED, type Tcb } from '../../src/tcpip/index.ts';
import type { ForgedPacket } from './forged-packet.ts';

/**
 * Forgeries that must do nothing to a connection, though they carry its addresses and ports: what lies outside of its
 * windows, what acknowledges what was never sent, resets and SYNs that are merely near, old timestamps, broken
 * checksums, ICMP errors for a connection that is up (RFC 9293, 5961, 7323, 5927).
 */
export const makeHarmless = (random: Random, packet: ForgedPacket, target: Tcb): void => {
  const window = (target.rcvAdvertised - target.rcvNxt) | 0;
  packet.payload = random.below(1000);
  switch (random.below(target.state >= ESTABLISHED ? 9 : 4)) {
    case 0: // behind the window
      packet.seq = (target.rcvAdvertised + 1 + random.below(0x3000_0000)) | 0;
      packet.flags = random.below(2) === 0 ? 0x18 : 0x11;
      break;
    case 1: // old
      packet.seq = (target.rcvNxt - packet.payload - 1 - (1 << target.rcvScale) - random.below(0x3000_0000)) | 0;
      packet.flags = random.below(2) === 0 ? 0x18 : 0x11;
      break;
    case 2:
      packet.goodChecksum = false;
      packet.flags = random.below(256);
      break;
    case 3: // from somewhere else
      if (random.below(2) === 0) packet.source[0] ^= 1 << random.below(24);
      else packet.ports ^= 0x1_0000 << random.below(16);
      packet.flags = random.below(256);
      break;
    case 4: // a reset that is near
      packet.flags = 0x04 | (random.below(2) << 4);
      packet.seq = (target.rcvNxt + 1 + random.below(Math.max(window - 1, 1) + 1000)) | 0;
      break;
    case 5: // a SYN anywhere
      packet.flags = 0x02 | (random.below(2) << 4);
      packet.seq = (target.rcvNxt + random.below(70_000) - 1000) | 0;
      break;
    case 6: // an acknowledgment of what was never sent, or of long ago
      packet.ack =
        random.below(2) === 0
          ? (target.sndMax + 1 + random.below(0x3000_0000)) | 0
          : (target.sndUna - target.largestWindow - 1 - random.below(0x3000_0000)) | 0;
      packet.seq = (target.rcvNxt + random.below(2000)) | 0;
      break;
    case 7: // no acknowledgment at all
      packet.flags = random.below(2);
      packet.seq = (target.rcvNxt + random.below(2000)) | 0;
      break;
    default:
      if (target.hasTimestamps) {
        packet.optionLength = 0; // an old timestamp
        packet.stamp((target.tsRecent - 1 - random.below(0x3000_0000)) | 0, 0);
      } else packet.flags = 0;
  }
};

/** An ICMP error about a connection that is up: a soft one, whatever it says. */
export const makeHarmlessIcmp = (random: Random, packet: ForgedPacket): void => {
  const { raw } = packet;
  if (packet.version === 4) {
    raw[0] = random.below(3) === 0 ? 11 : 3;
    raw[1] = raw[0] === 11 ? random.below(2) : [0, 1, 2, 3, 5, 9, 10, 13][random.below(8)];
  } else {
    raw[0] = random.below(3) === 0 ? 3 : 1;
    raw[1] = random.below(5);
  }
};
