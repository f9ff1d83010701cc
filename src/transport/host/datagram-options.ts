import { type ADDRESS_FAMILY, AF_INET6, type NTSTATUS, STATUS_SUCCESS } from '../../base/index.ts';
import type { Libc } from '../../system/libc.ts';
import type { DatagramOption } from '../../wsk/transport.ts';
import {
  IP_PKTINFO,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_RCVBUF,
  SO_REUSEADDR,
  SOL_SOCKET,
  setInt,
} from './socket-options.ts';

const SO_BROADCAST = 6;
const IPV6_RECVPKTINFO = 49;

/** Has the system tell where each datagram was sent to: only so does one know a broadcast. */
export const tellDestinations = (libc: Libc, fd: number, family: ADDRESS_FAMILY): void => {
  if (family === AF_INET6) setInt(libc, fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  else setInt(libc, fd, IPPROTO_IP, IP_PKTINFO, 1);
};

/** Passes an option on; exclusive use of an address is what Linux does anyway, and destinations are told always. */
export const applyDatagramOption = (libc: Libc, fd: number, option: DatagramOption, to: number): NTSTATUS => {
  const on = to === 0 ? 0 : 1;
  switch (option) {
    case 'exclusiveAddress':
    case 'packetInfo':
      return STATUS_SUCCESS;
    case 'reuseAddress':
      return setInt(libc, fd, SOL_SOCKET, SO_REUSEADDR, on);
    case 'receiveBuffer':
      return setInt(libc, fd, SOL_SOCKET, SO_RCVBUF, Math.min(to, 0x7fff_ffff));
    case 'broadcast':
      return setInt(libc, fd, SOL_SOCKET, SO_BROADCAST, on);
    case 'v6Only':
      return setInt(libc, fd, IPPROTO_IPV6, IPV6_V6ONLY, on);
  }
};
