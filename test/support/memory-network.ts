import { copySockaddr, formatSockaddr, isWildcard, type NTSTATUS, type SOCKADDR } from '../../src/base/index.ts';
import { type EventTarget, type Executor, MILLISECOND, type Nanoseconds } from '../../src/time/index.ts';
import type { StreamOption } from '../../src/wsk/transport.ts';
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
  readonly missingOptions = new Set<StreamOption>();
  /** Servers whose Fast Open cookie a client holds: `client>server`. */
  readonly cookies = new Set<string>();
  readonly bound = new Map<string, MemoryEndpoint>();
  private readonly messages = new Map<number, () => void>();
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
    const concrete = copySockaddr(address);
    if (concrete.port === 0) {
      const port = this.nextPort++;
      if (concrete.sa_family === 2) concrete.sin_port = port;
      else concrete.sin6_port = port;
    }
    const key = `${concrete.sa_family}:${concrete.port}`;
    if (this.bound.has(key)) return null;
    this.bound.set(key, endpoint);
    return concrete;
  }

  unbind(address: SOCKADDR): void {
    this.bound.delete(`${address.sa_family}:${address.port}`);
  }

  listenerAt(address: SOCKADDR): MemoryEndpoint | null {
    const endpoint = this.bound.get(`${address.sa_family}:${address.port}`);
    return endpoint?.isListening ? endpoint : null;
  }
}

export const hostOf = (address: SOCKADDR): string => formatSockaddr(address).replace(/:\d+$/, '');
export const isAny = isWildcard;
