import { type ADDRESS_FAMILY, type NTSTATUS, STATUS_INSUFFICIENT_RESOURCES } from '../../src/base/index.ts';
import type { StreamEndpoint, StreamEvents, Transport } from '../../src/wsk/transport.ts';
import { MemoryEndpoint } from './memory-endpoint.ts';
import type { MemoryNetwork } from './memory-network.ts';

/** A transport without packets, on the virtual clock: what WSK's own tests run on. */
export class MemoryTransport implements Transport {
  readonly capability = { ackCompletion: true, inspect: false, earlyDataKnown: true };
  readonly network: MemoryNetwork;
  /** Endpoints that may still be made; then STATUS_INSUFFICIENT_RESOURCES. */
  allowance = Number.POSITIVE_INFINITY;

  constructor(network: MemoryNetwork) {
    this.network = network;
  }

  createStream(family: ADDRESS_FAMILY, events: StreamEvents): StreamEndpoint | NTSTATUS {
    if (this.allowance-- <= 0) return STATUS_INSUFFICIENT_RESOURCES;
    return new MemoryEndpoint(this.network, family, events);
  }
}
