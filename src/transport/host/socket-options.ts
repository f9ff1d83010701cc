import { type NTSTATUS, STATUS_NOT_SUPPORTED, STATUS_SUCCESS } from '../../base/index.ts';
import type { Libc } from '../../system/libc.ts';
import type { StreamOption } from '../../wsk/transport.ts';
import { statusFromErrno } from './errno.ts';

// Levels and names on Linux.
export const SOL_SOCKET = 1;
export const IPPROTO_IP = 0;
export const IPPROTO_TCP = 6;
export const IPPROTO_IPV6 = 41;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_RCVBUF = 8;
const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
const SO_REUSEPORT = 15;
export const TCP_NODELAY = 1;
export const TCP_INFO = 11;
export const TCP_FASTOPEN = 23;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IPV6_V6ONLY = 26;
export const IP_PKTINFO = 8;
export const IPV6_PKTINFO = 50;

const value = new Uint8Array(4);
const size = new Uint8Array(4);
const int32 = new Int32Array(value.buffer);
const sizeInt32 = new Int32Array(size.buffer);

export const setInt = (libc: Libc, fd: number, level: number, name: number, to: number): NTSTATUS => {
  int32[0] = to;
  return libc.setsockopt(fd, level, name, value, 4) === 0 ? STATUS_SUCCESS : statusFromErrno(libc.errno());
};

/** The errno that the socket holds, and clears it. */
export const takeError = (libc: Libc, fd: number): number => {
  sizeInt32[0] = 4;
  return libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, value, size) === 0 ? int32[0] : libc.errno();
};

/** With a linger time of zero, close sends a reset. */
export const closeWithReset = (libc: Libc, fd: number): void => {
  libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, resetOnClose, 8);
  libc.close(fd);
};
const resetOnClose = new Uint8Array(new Int32Array([1, 0]).buffer);

export const deferPortToConnect = (libc: Libc, fd: number): void => {
  setInt(libc, fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
};

const TCPI_OPT_SYN_DATA = 32;
const tcpInfo = new Uint8Array(104);

/** Whether the SYN's data was acknowledged by the SYN-ACK (tcpi_options). */
export const synDataAcked = (libc: Libc, fd: number): boolean => {
  sizeInt32[0] = tcpInfo.length;
  libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, tcpInfo, size);
  return (tcpInfo[5] & TCPI_OPT_SYN_DATA) !== 0;
};

/**
 * Passes an option on. Fast Open has no socket option on the client's side (the flag of sendto is it), and listeners
 * take it when they start to listen; exclusive use of an address is what Linux does anyway.
 */
export const applyOption = (libc: Libc, fd: number, option: StreamOption, to: number): NTSTATUS => {
  const on = to === 0 ? 0 : 1;
  switch (option) {
    case 'fastOpen':
    case 'exclusiveAddress':
      return STATUS_SUCCESS;
    case 'conditionalAccept':
      // The system answers handshakes before anybody can look at them.
      return to === 0 ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    case 'noDelay':
      return setInt(libc, fd, IPPROTO_TCP, TCP_NODELAY, on);
    case 'keepAlive':
      return setInt(libc, fd, SOL_SOCKET, SO_KEEPALIVE, on);
    case 'receiveBuffer':
      return setInt(libc, fd, SOL_SOCKET, SO_RCVBUF, Math.min(to, 0x7fff_ffff));
    case 'v6Only':
      return setInt(libc, fd, IPPROTO_IPV6, IPV6_V6ONLY, on);
    case 'reuseAddress':
      // Windows' SO_REUSEADDR lets two sockets share a port, which Linux calls SO_REUSEPORT.
      setInt(libc, fd, SOL_SOCKET, SO_REUSEPORT, on);
      return setInt(libc, fd, SOL_SOCKET, SO_REUSEADDR, on);
  }
};
