import {
  type ADDRESS_FAMILY,
  AF_INET,
  type NTSTATUS,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_INSUFFICIENT_RESOURCES,
} from '../../src/base/index.ts';
import type {
  DatagramEndpoint,
  DatagramEvents,
  StreamEndpoint,
  StreamEvents,
  Transport,
} from '../../src/wsk/transport.ts';
import { MemoryDatagrams } from './memory-datagrams.ts';
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

  createDatagram(family: ADDRESS_FAMILY, events: DatagramEvents): DatagramEndpoint | NTSTATUS {
    if (this.allowance-- <= 0) return STATUS_INSUFFICIENT_RESOURCES;
    return new MemoryDatagrams(this.network, family, events);
  }

  localAddresses(family: ADDRESS_FAMILY): readonly SOCKADDR[] {
    return [family === AF_INET ? new SOCKADDR_IN('10.0.0.1') : new SOCKADDR_IN6('fd00::1')];
  }
}
