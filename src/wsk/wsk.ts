import type { Kernel } from '../kernel/index.ts';
import { CaptureSlab } from './captured-bytes.ts';
import type { WskClient } from './client.ts';
import {
  basicDispatch,
  connectionDispatch,
  datagramDispatch,
  listenDispatch,
  providerDispatch,
  streamDispatch,
} from './dispatch-tables.ts';
import { localNames } from './names.ts';
import type { SocketObject } from './socket.ts';
import type { ADDRINFOEXW } from './structures.ts';
import type { NameResolver, Transport } from './transport.ts';

/** What the contract leaves to WSK; a sweep varies it, since drivers must not rely on either. */
export interface WskPolicy {
  /** True to complete a call whose result is known at once before it returns, instead of pending it. */
  completeInline(call: string): boolean;
}

/** Windows was observed to pend even trivial calls. */
export const pendAlways: WskPolicy = { completeInline: () => false };

/** The WSK subsystem of one machine. */
export class Wsk {
  readonly kernel: Kernel;
  readonly transport: Transport;
  readonly clients = new Set<WskClient>();
  /** Sockets and registrations find their tables here: the functions in them make sockets in turn. */
  readonly tables = {
    provider: providerDispatch,
    basic: basicDispatch,
    listen: listenDispatch,
    datagram: datagramDispatch,
    connection: connectionDispatch,
    stream: streamDispatch,
  };
  readonly captures = new CaptureSlab();
  /** The call whose IRP is being completed; '' when none is. For what goes wrong then. */
  completing = '';
  /** Told of each socket that is gone for good; for a driver host, which keeps something for each. */
  onSocketClosed: ((socket: SocketObject) => void) | null = null;
  readonly names: NameResolver;
  /** Lists of WskGetAddressInfo that were not freed. */
  readonly addressLists = new Set<ADDRINFOEXW>();
  private readonly policy: WskPolicy;

  constructor(kernel: Kernel, transport: Transport, policy: WskPolicy = pendAlways, names: NameResolver | null = null) {
    this.kernel = kernel;
    this.transport = transport;
    this.policy = policy;
    this.names = names ?? localNames((run) => kernel.executor.post({ onEvent: run }, 0, 0));
  }

  /** Inside a completion that runs inside a call, further calls are pended, so that nothing recurses. */
  completesInline(call: string): boolean {
    return this.kernel.nestedCompletions === 0 && this.policy.completeInline(call);
  }
}
