import { OpenWskError } from '../base/index.ts';

type Koffi = typeof import('koffi').default;

// Linux values (asm-generic), the same on x64 and arm64.
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_MORE = 0x8000;
export const MSG_FASTOPEN = 0x20000000;
export const SHUT_WR = 1;
export const EPOLL_CTL_ADD = 1;
export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLRDHUP = 0x2000;
export const EPOLLET = 0x80000000;
export const CLOCK_MONOTONIC = 1;

export interface PollHandle {
  ref(): void;
  unref(): void;
  close(): void;
}

/** The C library's calls, straight; -1 means look at `errno()` at once. Addresses and results are raw bytes. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: Uint8Array, length: Uint8Array, flags: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  send(fd: number, data: Uint8Array, length: number, flags: number): number;
  sendto(fd: number, data: Uint8Array, length: number, flags: number, address: Uint8Array, size: number): number;
  recv(fd: number, into: Uint8Array, length: number, flags: number): number;
  /** @param header a struct msghdr */
  recvmsg(fd: number, header: Uint8Array, flags: number): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint8Array): number;
  getpeername(fd: number, address: Uint8Array, length: Uint8Array): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number;
  getsockopt(fd: number, level: number, name: number, value: Uint8Array, size: Uint8Array): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epfd: number, op: number, fd: number, event: Uint8Array): number;
  epoll_wait(epfd: number, events: Uint8Array, maximum: number, timeout: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  timerfd_create(clock: number, flags: number): number;
  timerfd_settime(fd: number, flags: number, value: Uint8Array, old: null): number;
  /** read and write at an address of `addressOf`, so that no view has to be made for a piece of a buffer. */
  readAt(fd: number, address: number, length: number): number;
  writeAt(fd: number, address: number, length: number): number;
  /** Where a buffer lies: good as long as the buffer is referred to, for V8 does not move what it holds outside its heap. */
  addressOf(buffer: Uint8Array): number;
  errno(): number;
  /** Calls back from the event loop whenever `fd` is readable. */
  pollReadable(fd: number, callback: () => void): PollHandle;
}

/** koffi's declarations of the same; `intptr_t` stands for ssize_t, which koffi does not know. */
const declarations = {
  socket: 'int socket(int, int, int)',
  bind: 'int bind(int, void *, uint32_t)',
  listen: 'int listen(int, int)',
  accept4: 'int accept4(int, void *, void *, int)',
  connect: 'int connect(int, void *, uint32_t)',
  send: 'intptr_t send(int, void *, size_t, int)',
  sendto: 'intptr_t sendto(int, void *, size_t, int, void *, uint32_t)',
  recv: 'intptr_t recv(int, void *, size_t, int)',
  recvmsg: 'intptr_t recvmsg(int, void *, int)',
  shutdown: 'int shutdown(int, int)',
  close: 'int close(int)',
  getsockname: 'int getsockname(int, void *, void *)',
  getpeername: 'int getpeername(int, void *, void *)',
  setsockopt: 'int setsockopt(int, int, int, void *, uint32_t)',
  getsockopt: 'int getsockopt(int, int, int, void *, void *)',
  epoll_create1: 'int epoll_create1(int)',
  epoll_ctl: 'int epoll_ctl(int, int, int, void *)',
  epoll_wait: 'int epoll_wait(int, void *, int, int)',
  ioctl: 'int ioctl(int, unsigned long, void *)',
  timerfd_create: 'int timerfd_create(int, int)',
  timerfd_settime: 'int timerfd_settime(int, int, void *, void *)',
  readAt: 'intptr_t read(int, uintptr_t, size_t)',
  writeAt: 'intptr_t write(int, uintptr_t, size_t)',
} as const;

/** Why the system's sockets cannot be had directly, or null when they can. */
export const hostObstacle = async (): Promise<string | null> => {
  if (process.platform !== 'linux') return `the system is ${process.platform}; direct sockets are for Linux so far`;
  return (await loadKoffi()) === null ? 'the package koffi is not installed (npm install koffi)' : null;
};

/** @throws OpenWskError OWSK_NO_HOST when the system is not Linux or koffi is missing */
export const loadLibc = async (): Promise<Libc> => {
  const obstacle = await hostObstacle();
  if (obstacle !== null) throw new OpenWskError('OWSK_NO_HOST', `no direct system calls: ${obstacle}`);
  const koffi = (await loadKoffi())!;
  const library = koffi.load(null as unknown as string);
  const libc: Record<string, unknown> = {
    errno: () => koffi.errno(),
    // The callback's declared type lacks its first parameter, a status.
    pollReadable: (fd: number, callback: () => void) => koffi.node.poll(fd, { readable: true }, callback),
  };
  for (const [name, declaration] of Object.entries(declarations)) libc[name] = library.func(declaration);
  const memset = library.func('uintptr_t memset(void *, int, size_t)'); // returns the address that it was given
  libc.addressOf = (buffer: Uint8Array) => memset(buffer, 0, 0);
  return libc as unknown as Libc;
};

const loadKoffi = async (): Promise<Koffi | null> => {
  try {
    return (await import('koffi')).default;
  } catch {
    return null;
  }
};
