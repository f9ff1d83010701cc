import type { Nanoseconds } from '../time/index.ts';
import type { Errno } from './errno.ts';
import type { PosixDatagram } from './posix-datagram.ts';
import type { PosixSocket, SocketWorld } from './posix-socket.ts';

/** File descriptors, under the numbers that the script gives them. */
export class Descriptors {
  readonly world: SocketWorld;
  /** What `socket(...)` makes. */
  readonly version: 4 | 6;
  private readonly sockets = new Map<number, PosixSocket>();
  private readonly datagrams = new Map<number, PosixDatagram>();
  private readonly epolls = new Map<number, Map<number, number>>();

  constructor(world: SocketWorld, version: 4 | 6) {
    this.world = world;
    this.version = version;
  }

  now(): Nanoseconds {
    return this.world.host.executor.now();
  }

  socket(fd: number): PosixSocket | null {
    return this.sockets.get(fd) ?? null;
  }

  datagram(fd: number): PosixDatagram | null {
    return this.datagrams.get(fd) ?? null;
  }

  /** Datagram sockets, the newest last. */
  allDatagrams(): PosixDatagram[] {
    return [...this.datagrams.values()];
  }

  /** As poll() tells it, of a socket of either kind; null when there is none. */
  readiness(fd: number): number | null {
    return this.sockets.get(fd)?.readiness ?? this.datagrams.get(fd)?.readiness ?? null;
  }

  epoll(fd: number): Map<number, number> | null {
    return this.epolls.get(fd) ?? null;
  }

  all(): PosixSocket[] {
    return [...this.sockets.values()];
  }

  /** @param fd the number that the script expects; what had it before stays open without a number */
  add(socket: PosixSocket, fd: number): number | Errno {
    if (fd < 0) return 'EINVAL';
    this.sockets.delete(fd);
    this.sockets.set(fd, socket);
    return fd;
  }

  addDatagram(socket: PosixDatagram, fd: number): number | Errno {
    if (fd < 0) return 'EINVAL';
    this.datagrams.set(fd, socket);
    return fd;
  }

  addEpoll(fd: number): number | Errno {
    if (fd < 0) return 'EINVAL';
    this.epolls.set(fd, new Map());
    return fd;
  }

  close(fd: number): boolean {
    const socket = this.sockets.get(fd);
    socket?.close();
    this.datagrams.get(fd)?.close();
    const had = this.datagrams.delete(fd) || this.sockets.delete(fd);
    for (const watched of this.epolls.values()) watched.delete(fd);
    return this.epolls.delete(fd) || had;
  }
}
