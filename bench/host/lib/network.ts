import { openSync, writeFileSync } from 'node:fs';
import koffi from 'koffi';

const library = koffi.load(null as unknown as string);
const socket = library.func('int socket(int, int, int)');
const close = library.func('int close(int)');
const ioctl = library.func('int ioctl(int, unsigned long, void *)');
const unshare = library.func('int unshare(int)');

const SIOCSIFFLAGS = 0x8914;
const SIOCSIFADDR = 0x8916;
const SIOCSIFNETMASK = 0x891c;
const TUNSETIFF = 0x400454ca;
const IFF_UP_RUNNING = 0x41;
const IFF_TUN_NO_PI = 0x1001;
const CLONE_NEWNET = 0x40000000;
const AF_INET = 2;

const check = (result: number, call: string): void => {
  if (result < 0) throw new Error(`${call}: errno ${koffi.errno()}`);
};

/** struct ifreq: a name, then flags or an address. */
const request = (name: string, write: (rest: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(40);
  bytes.set(Buffer.from(name));
  write(new DataView(bytes.buffer, 16));
  return bytes;
};

const configure = (code: number, name: string, write: (rest: DataView) => void): void => {
  const fd = socket(AF_INET, 2, 0);
  const result = ioctl(fd, code, request(name, write));
  const errno = koffi.errno();
  close(fd);
  if (result < 0) throw new Error(`ioctl 0x${code.toString(16)} on ${name}: errno ${errno}`);
};

const setAddress = (code: number, name: string, address: string): void =>
  configure(code, name, (rest) => {
    rest.setUint16(0, AF_INET, true);
    for (const [i, byte] of address.split('.').entries()) rest.setUint8(4 + i, Number(byte));
  });

/** Brings an interface of this network namespace up. */
export const raise = (name: string): void =>
  configure(SIOCSIFFLAGS, name, (rest) => rest.setUint16(0, IFF_UP_RUNNING, true));

/** Loopback up, Fast Open on for both sides. */
export const prepareNamespace = (): void => {
  raise('lo');
  writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', '3');
};

/** A new network namespace for the calling thread, and for the processes that it starts from now on. */
export const newNamespace = (): void => check(unshare(CLONE_NEWNET), 'unshare(CLONE_NEWNET)');

/** A TUN device in this network namespace. @returns its descriptor, for whole IP packets */
export const openTun = (name: string, address: string): number => {
  // Opened here, not on a thread of libuv's: the namespace is the calling thread's.
  const fd = openSync('/dev/net/tun', 'r+');
  const flags = request(name, (rest) => rest.setUint16(0, IFF_TUN_NO_PI, true));
  check(ioctl(fd, TUNSETIFF, flags), 'TUNSETIFF');
  setAddress(SIOCSIFADDR, name, address);
  setAddress(SIOCSIFNETMASK, name, '255.255.255.0');
  raise(name);
  return fd;
};
