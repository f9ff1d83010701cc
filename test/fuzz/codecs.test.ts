import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/index.ts';
import {
  buildIcmp,
  buildIpv4,
  buildIpv6,
  buildIpv6Fragment,
  buildTcp,
  buildUdp,
  type IcmpMessage,
  IPV6_FRAGMENT,
  type Ipv4Packet,
  type Ipv6Fragment,
  type Ipv6Packet,
  isWireError,
  parseIcmp,
  parseIpv4,
  parseIpv6,
  parseIpv6Fragment,
  parseTcp,
  parseUdp,
  type TcpSegment,
  type UdpDatagram,
  type WireError,
} from '../../src/tcpip/wire/index.ts';
import { FuzzWorld } from './fuzz-world.ts';

/** What a codec makes of bytes, made into bytes and read again, is the same; or the bytes are an error, never a throw. */
let read = 0;
let refused = 0;
const survives = <T extends object>(
  found: T | WireError,
  build: (value: T) => Uint8Array,
  parse: (bytes: Uint8Array) => T | WireError,
): T | null => {
  if (isWireError(found)) {
    refused++;
    return null;
  }
  read++;
  const again = parse(build(found));
  // Options may be too long to stand beside padding; all else is the same.
  if (!isWireError(again)) expect(isDeepStrictEqual(again, found)).toBe(true);
  return found;
};

const tryAll = (bytes: Uint8Array): void => {
  const v4 = survives<Ipv4Packet>(parseIpv4(bytes), buildIpv4, parseIpv4);
  const v6 = survives<Ipv6Packet>(parseIpv6(bytes), buildIpv6, parseIpv6);
  const ip = v4 ?? v6;
  if (ip === null) return;
  const { source, destination } = ip;
  const payload = v6 === null ? ip.payload : v6.payload.subarray(v6.transportOffset);
  if (v6?.protocol === IPV6_FRAGMENT)
    survives<Ipv6Fragment>(parseIpv6Fragment(payload), buildIpv6Fragment, parseIpv6Fragment);
  survives<TcpSegment>(
    parseTcp(payload, source, destination),
    (value) => buildTcp(value, source, destination),
    (again) => parseTcp(again, source, destination),
  );
  const addresses = v6 === null ? null : ([source, destination] as const);
  survives<IcmpMessage>(
    parseIcmp(payload, addresses),
    (value) => buildIcmp(value, addresses),
    (again) => parseIcmp(again, addresses),
  );
  // A checksum of 0 means none over IPv4, so that anything may be a datagram.
  const datagram = payload.slice();
  const claimed = datagram.length + (datagram[0] & 7) - 4;
  if (datagram.length >= 8) datagram.set([claimed >> 8, claimed & 0xff, 0, 0], 4);
  for (const one of [payload, datagram]) {
    const found = survives<UdpDatagram>(
      parseUdp(one, source, destination),
      (value) => buildUdp(value, source, destination),
      (again) => parseUdp(again, source, destination),
    );
    if (found !== null) expect(found.payload.length).toBe(((one[4] << 8) | one[5]) - 8);
  }
};

test('hostile bytes are values or errors, never exceptions', () => {
  const world = new FuzzWorld(7);
  const random = new Random(7);
  world.onForged = (packet) => {
    tryAll(packet);
    const bent = packet.slice(0, random.below(3) === 0 ? random.below(packet.length + 1) : packet.length);
    for (let flips = random.below(4); flips > 0 && bent.length > 0; flips--)
      bent[random.below(bent.length)] ^= 1 << random.below(8);
    tryAll(bent);
  };
  world.run(6000);
  world.finish();
  expect(read).toBeGreaterThan(6000);
  expect(refused).toBeGreaterThan(6000);
}, 60_000);
