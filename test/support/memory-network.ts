import { copySockaddr, formatSockaddr, isWildcard, type NTSTATUS, type SOCKADDR } from '../../src/base/index.ts';
import { type EventTarget, type Executor, MILLISECOND, type Nanoseconds } from '../../src/time/index.ts';
import type { DatagramOption, StreamOption } from '../../src/wsk/transport.ts';
import type { MemoryDatagrams } from './memory-datagrams.ts';
import type { MemoryEndpoint } from './memory-endpoint.ts';

/**
 * The wires between MemoryTransports: every message takes the same one-way delay, none is lost. No packets: just the
 * order of events that a TCP connection shows to its users, on the virtual clock.
 */
export class MemoryNetwork implements EventTarget {
  readonly executor: Executor;
  /** One way; a round trip takes twice this. */
  delay: Nanoseconds = 20 * MILLISECOND;
  /** Hosts that answer nothing (`10.0.0.9`), and hosts that no route leads to. */
  readonly silent = new Set<string>();
  readonly unreachable = new Set<string>();
  /** Connects to a host (`10.0.0.9`) that end at once, with a status of the test's choice. */
  readonly failing = new Map<string, NTSTATUS>();
  /** Local ports that a bind is not allowed to take: STATUS_ACCESS_DENIED. */
  readonly forbiddenPorts = new Set<number>();
  /** Options that endpoints of this network do not have: STATUS_NOT_SUPPORTED. */
  readonly missingOptions = new Set<StreamOption | DatagramOption>();
  /** Datagrams that are sent from now on take no end: their sends stay pending. */
  stalled = false;
  /** Servers whose Fast Open cookie a client holds: `client>server`. */
  readonly cookies = new Set<string>();
  readonly bound = new Map<string, MemoryEndpoint>();
  private readonly messages = new Map<number, () => void>();
  private readonly datagrams = new Map<string, readonly MemoryDatagrams[]>();
  private nextMessage = 1;
  private nextPort = 49152;

  constructor(executor: Executor) {
    this.executor = executor;
  }

  /** Runs `deliver` after `trips` one-way delays; 0 is still after the present call. */
  after(trips: number, deliver: () => void): void {
    const id = this.nextMessage++;
    this.messages.set(id, deliver);
    this.executor.schedule(this.executor.now() + trips * this.delay, this, 0, id);
  }

  onEvent(_kind: number, id: number): void {
    const deliver = this.messages.get(id)!;
    this.messages.delete(id);
    deliver();
  }

  /** Takes a port. @returns the concrete address, or null when it is taken */
  bind(endpoint: MemoryEndpoint, address: SOCKADDR): SOCKADDR | null {
    const concrete = this.withPort(address);
    const key = keyOf(concrete);
    if (this.bound.has(key)) return null;
    this.bound.set(key, endpoint);
    return concrete;
  }

  private withPort(address: SOCKADDR): SOCKADDR {
    const concrete = copySockaddr(address);
    if (concrete.port !== 0) return concrete;
    if (concrete.sa_family === 2) concrete.sin_port = this.nextPort++;
    else concrete.sin6_port = this.nextPort++;
    return concrete;
  }

  /** The same for datagrams, whose ports are others. @param shared may stand beside others that are shared */
  bindDatagrams(endpoint: MemoryDatagrams, address: SOCKADDR, shared: boolean): SOCKADDR | null {
    const concrete = this.withPort(address);
    const beside = this.datagramsAt(concrete);
    if (beside.some((other) => !shared || other.getOption('reuseAddress') !== 1)) return null;
    this.datagrams.set(keyOf(concrete), [...beside, endpoint]);
    return concrete;
  }

  unbindDatagrams(endpoint: MemoryDatagrams, address: SOCKADDR | null): void {
    if (address === null) return;
    const left = this.datagramsAt(address).filter((other) => other !== endpoint);
    this.datagrams.set(keyOf(address), left);
  }

  datagramsAt(address: SOCKADDR): readonly MemoryDatagrams[] {
    return this.datagrams.get(keyOf(address)) ?? [];
  }

  unbind(address: SOCKADDR): void {
    this.bound.delete(keyOf(address));
  }

  listenerAt(address: SOCKADDR): MemoryEndpoint | null {
    const endpoint = this.bound.get(keyOf(address));
    return endpoint?.isListening ? endpoint : null;
  }
}

const keyOf = ({ sa_family, port }: SOCKADDR): string => `${sa_family}:${port}`;

export const hostOf = (address: SOCKADDR): string => formatSockaddr(address).replace(/:\d+$/, '');
export const isAny = isWildcard;
/** Whether an endpoint may be bound to it. */
export const isOurs = (address: SOCKADDR): boolean =>
  isAny(address) || /^(127\.|10\.|\[::1|\[fd00:)/.test(hostOf(address));
