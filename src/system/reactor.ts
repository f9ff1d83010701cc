import { OpenWskError } from '../base/index.ts';
import type { RealExecutor } from '../time/index.ts';
import {
  EPOLL_CTL_ADD,
  EPOLLET,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  type Libc,
  type PollHandle,
  SOCK_CLOEXEC,
} from './libc.ts';

/** Told what epoll saw: a mask of EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLERR and EPOLLHUP. */
export interface ReadinessTarget {
  onReadiness(events: number): void;
}

const BATCH = 256;
/** struct epoll_event is packed on x64 only. */
const EVENT_SIZE = process.arch === 'x64' ? 12 : 16;
const DATA_OFFSET = EVENT_SIZE - 8;

/**
 * One epoll instance for all sockets, itself watched by the event loop. Sockets are registered once, edge-triggered for
 * everything: no further system call says what we wait for, and a client that does not read costs no wake-ups.
 */
export class Reactor {
  private readonly libc: Libc;
  private readonly executor: RealExecutor;
  private readonly epoll: number;
  private readonly poll: PollHandle;
  private readonly targets: (ReadinessTarget | null)[] = [];
  private readonly generations: number[] = [];
  private readonly free: number[] = [];
  private registered = 0;
  private readonly events = new Uint8Array(BATCH * EVENT_SIZE);
  private readonly view = new DataView(this.events.buffer);
  private readonly one = new Uint8Array(EVENT_SIZE);
  private readonly oneView = new DataView(this.one.buffer);

  constructor(libc: Libc, executor: RealExecutor) {
    this.libc = libc;
    this.executor = executor;
    this.epoll = libc.epoll_create1(SOCK_CLOEXEC);
    if (this.epoll < 0) throw new OpenWskError('OWSK_NO_HOST', `epoll_create1 failed (errno ${libc.errno()})`);
    // An exception in the callback would be swallowed: it is thrown again from the event loop.
    this.poll = libc.pollReadable(this.epoll, () => {
      try {
        this.dispatch();
      } catch (error) {
        setImmediate(() => {
          throw error;
        });
      }
    });
    this.poll.unref();
  }

  /** Watches a socket until `remove`. @returns its slot */
  add(fd: number, target: ReadinessTarget): number {
    const slot = this.free.pop() ?? this.targets.length;
    this.targets[slot] = target;
    this.generations[slot] ??= 0;
    this.oneView.setUint32(0, (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET) >>> 0, true);
    this.oneView.setUint32(DATA_OFFSET, slot, true);
    this.oneView.setUint32(DATA_OFFSET + 4, this.generations[slot], true);
    this.libc.epoll_ctl(this.epoll, EPOLL_CTL_ADD, fd, this.one);
    if (this.registered++ === 0) this.poll.ref();
    return slot;
  }

  /** Forgets a slot; closing the descriptor takes it out of epoll. Events of this batch for it are passed over. */
  remove(slot: number): void {
    this.targets[slot] = null;
    this.generations[slot] = (this.generations[slot] + 1) >>> 0;
    this.free.push(slot);
    if (--this.registered === 0) this.poll.unref();
  }

  close(): void {
    this.poll.close();
    this.libc.close(this.epoll);
  }

  private dispatch(): void {
    const count = this.libc.epoll_wait(this.epoll, this.events, BATCH, 0);
    for (let i = 0; i < count; i++) {
      const at = i * EVENT_SIZE;
      const slot = this.view.getUint32(at + DATA_OFFSET, true);
      if (this.generations[slot] !== this.view.getUint32(at + DATA_OFFSET + 4, true)) continue;
      this.targets[slot]?.onReadiness(this.view.getUint32(at, true));
    }
    this.executor.drain();
  }
}
