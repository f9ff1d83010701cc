import { checksumBytes, sumBytes, sumPseudoHeader } from './checksum.ts';
import { PROTOCOL_UDP } from './protocols.ts';
import { WireError } from './wire-error.ts';

/** UDP (RFC 768). */
export const UDP_HEADER_BYTES = 8;

export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** @param source @param destination the IP addresses, which the checksum covers */
export const parseUdp = (bytes: Uint8Array, source: Uint8Array, destination: Uint8Array): UdpDatagram | WireError => {
  if (bytes.length < UDP_HEADER_BYTES) return new WireError('truncated', bytes.length);
  const length = (bytes[4] << 8) | bytes[5];
  if (length < UDP_HEADER_BYTES || length > bytes.length) return new WireError('bad-total-length', 4);
  const isV4 = source.length === 4;
  const checksum = (bytes[6] << 8) | bytes[7];
  // RFC 768: 0 is "no checksum", over IPv4 only (RFC 8200, section 8.1).
  if (checksum !== 0 || !isV4) {
    const sum = sumBytes(bytes, 0, length, sumPseudoHeader(source, destination, PROTOCOL_UDP, length));
    if (checksum === 0 || sum !== 0xffff) return new WireError('bad-checksum', 6);
  }
  return {
    sourcePort: (bytes[0] << 8) | bytes[1],
    destinationPort: (bytes[2] << 8) | bytes[3],
    payload: bytes.slice(UDP_HEADER_BYTES, length),
  };
};

export const buildUdp = (datagram: UdpDatagram, source: Uint8Array, destination: Uint8Array): Uint8Array => {
  const { sourcePort, destinationPort, payload } = datagram;
  const length = UDP_HEADER_BYTES + payload.length;
  const bytes = new Uint8Array(length);
  bytes.set([sourcePort >> 8, sourcePort & 0xff, destinationPort >> 8, destinationPort & 0xff]);
  bytes.set([length >> 8, length & 0xff], 4);
  bytes.set(payload, UDP_HEADER_BYTES);
  // RFC 768: a checksum of 0 is sent as all ones.
  const sum = checksumBytes(bytes, 0, length, sumPseudoHeader(source, destination, PROTOCOL_UDP, length)) || 0xffff;
  bytes.set([sum >> 8, sum & 0xff], 6);
  return bytes;
};
