import { AF_INET6 } from '../base/index.ts';
import { IP_PKTINFO, IPPROTO_IP, IPPROTO_IPV6, IPV6_PKTINFO } from './constants.ts';
import type { DatagramInfo } from './transport.ts';

/** sizeof(CMSGHDR) on 32-bit Windows: cmsg_len, cmsg_level, cmsg_type. Data and headers are aligned to 4 bytes there. */
const HEADER = 12;

/** One CMSGHDR with its data. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** Bytes that IP_PKTINFO or IPV6_PKTINFO takes with its CMSGHDR: IN_PKTINFO, IN6_PKTINFO. */
export const packetInfoSize = (family: number): number => HEADER + (family === AF_INET6 ? 20 : 8);

/** Writes the destination address and the interface of a datagram: `packetInfoSize` bytes. */
export const writePacketInfo = ({ local, interfaceIndex }: DatagramInfo, into: Uint8Array): void => {
  const six = local.sa_family === AF_INET6;
  const size = packetInfoSize(local.sa_family);
  const view = new DataView(into.buffer, into.byteOffset, size);
  view.setUint32(0, size, true);
  view.setInt32(4, six ? IPPROTO_IPV6 : IPPROTO_IP, true);
  view.setInt32(8, six ? IPV6_PKTINFO : IP_PKTINFO, true);
  into.set(local.address, HEADER);
  view.setUint32(size - 4, interfaceIndex, true);
};

/**
 * The messages in control information, of WSK_DATAGRAM_INDICATION or WskReceiveFrom, in 32-bit Windows' layout. What is
 * cut off, or makes no sense, ends the list.
 */
export const readControlInfo = (bytes: Uint8Array, length = bytes.length): ControlMessage[] => {
  const messages: ControlMessage[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length));
  for (let at = 0; at + HEADER <= view.byteLength; ) {
    const size = view.getUint32(at, true);
    if (size < HEADER || at + size > view.byteLength) break;
    const data = bytes.slice(at + HEADER, at + size);
    messages.push({ level: view.getInt32(at + 4, true), type: view.getInt32(at + 8, true), data });
    at += (size + 3) & ~3;
  }
  return messages;
};
