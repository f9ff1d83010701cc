import { WireError } from './wire-error.ts';

/** The Fragment header of IPv6 (RFC 8200, section 4.5), with what follows it. */
export const IPV6_FRAGMENT_BYTES = 8;

export interface Ipv6Fragment {
  /** The first header behind this one, of the whole packet. */
  readonly nextHeader: number;
  /** In bytes, a multiple of 8. */
  readonly offset: number;
  readonly moreFragments: boolean;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** @param bytes from the Fragment header to the end of the packet; reserved bits are ignored */
export const parseIpv6Fragment = (bytes: Uint8Array): Ipv6Fragment | WireError => {
  if (bytes.length < IPV6_FRAGMENT_BYTES) return new WireError('truncated', bytes.length);
  return {
    nextHeader: bytes[0],
    offset: ((bytes[2] << 8) | bytes[3]) & 0xfff8,
    moreFragments: (bytes[3] & 1) !== 0,
    id: ((bytes[4] << 24) | (bytes[5] << 16) | (bytes[6] << 8) | bytes[7]) >>> 0,
    payload: bytes.slice(IPV6_FRAGMENT_BYTES),
  };
};

export const buildIpv6Fragment = ({ nextHeader, offset, moreFragments, id, payload }: Ipv6Fragment): Uint8Array => {
  const bytes = new Uint8Array(IPV6_FRAGMENT_BYTES + payload.length);
  bytes.set([nextHeader, 0, offset >> 8, (offset & 0xf8) | (moreFragments ? 1 : 0)]);
  bytes.set([id >>> 24, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff], 4);
  bytes.set(payload, IPV6_FRAGMENT_BYTES);
  return bytes;
};
