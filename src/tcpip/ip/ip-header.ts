import { foldChecksum } from '../../link/index.ts';
import type { Path } from '../path.ts';

/**
 * Writes an IPv4 header without options.
 * @param total length of the packet  @param tos the byte with DSCP and ECN
 * @param fragment identification in the upper half; flags and offset, in units of 8 bytes, in the lower
 */
export const writeIpv4Header = (
  view: DataView,
  base: number,
  path: Path,
  total: number,
  tos: number,
  fragment: number,
  ttl: number,
  protocol: number,
): void => {
  const ttlAndProtocol = (ttl << 8) | protocol;
  const sum = foldChecksum(
    0x4500 + tos + total + (fragment >>> 16) + (fragment & 0xffff) + ttlAndProtocol + path.addressSum,
  );
  view.setInt32(base, 0x45000000 | (tos << 16) | total);
  view.setInt32(base + 4, fragment);
  view.setInt32(base + 8, (ttlAndProtocol << 16) | (~sum & 0xffff));
  view.setInt32(base + 12, path.local0);
  view.setInt32(base + 16, path.remote0);
};

/** Writes the fixed IPv6 header, with flow label 0. @param length of what follows it */
export const writeIpv6Header = (
  view: DataView,
  base: number,
  path: Path,
  length: number,
  trafficClass: number,
  next: number,
  hopLimit: number,
): void => {
  view.setInt32(base, 0x60000000 | (trafficClass << 20));
  view.setInt32(base + 4, (length << 16) | (next << 8) | hopLimit);
  for (let i = 0; i < 4; i++) {
    view.setInt32(base + 8 + 4 * i, path.local[i]);
    view.setInt32(base + 24 + 4 * i, path.remote[i]);
  }
};
