import {
  type ADDRESS_FAMILY,
  AF_INET,
  AF_INET6,
  copySockaddr,
  type SOCKADDR,
  sockaddrFromBytes,
  sockaddrToBytes,
} from '../../base/index.ts';

/** AF_INET6 is 10 on Linux and 23 on Windows; the rest of the layout is the same. */
const LINUX_AF_INET6 = 10;

export const linuxFamily = (family: ADDRESS_FAMILY): number => (family === AF_INET6 ? LINUX_AF_INET6 : AF_INET);

/** @returns bytes used of `into` (at least 28) */
export const toLinux = (address: SOCKADDR, into: Uint8Array): number => {
  const size = sockaddrToBytes(address, into);
  into[0] = linuxFamily(address.sa_family);
  return size;
};

export const fromLinux = (bytes: Uint8Array): SOCKADDR | null => {
  if (bytes[0] === LINUX_AF_INET6) bytes[0] = AF_INET6;
  return sockaddrFromBytes(bytes);
};

export const withPort = (from: SOCKADDR, port: number): SOCKADDR => {
  const copy = copySockaddr(from);
  if (copy.sa_family === AF_INET) copy.sin_port = port;
  else copy.sin6_port = port;
  return copy;
};
