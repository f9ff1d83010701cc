import {
  type ADDRESS_FAMILY,
  AF_INET,
  AF_INET6,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_NOT_SUPPORTED,
} from '../../base/index.ts';
import type { Host } from '../../tcpip/index.ts';
import type {
  DatagramEndpoint,
  DatagramEvents,
  StreamEndpoint,
  StreamEvents,
  Transport,
  TransportCapability,
} from '../../wsk/transport.ts';
import { sockaddrOf } from './addresses.ts';
import { StackDatagrams } from './stack-datagrams.ts';
import { StackEndpoint } from './stack-endpoint.ts';
import { StreamOptions } from './stream-options.ts';
import { Upcalls } from './upcalls.ts';

/** WSK on our own TCP/IP: one host of a simulated network, or of a real one behind a TUN device. */
export class StackTransport implements Transport {
  readonly capability: TransportCapability = { ackCompletion: true, inspect: true, earlyDataKnown: true };
  readonly host: Host;
  readonly upcalls: Upcalls;
  /** An address that is being looked at. */
  readonly words = new Int32Array(4);
  private readonly defaults: StreamOptions;

  constructor(host: Host) {
    this.host = host;
    this.upcalls = new Upcalls(host.executor);
    this.defaults = new StreamOptions(host.profile.receiveBuffer);
    this.defaults.keepAlive = host.profile.keepAlive ? 1 : 0;
  }

  createStream(family: ADDRESS_FAMILY, events: StreamEvents): StreamEndpoint | NTSTATUS {
    if (family !== AF_INET && family !== AF_INET6) return STATUS_NOT_SUPPORTED;
    return new StackEndpoint(this, family, events, this.defaults.inherit());
  }

  createDatagram(family: ADDRESS_FAMILY, events: DatagramEvents): DatagramEndpoint | NTSTATUS {
    if (family !== AF_INET && family !== AF_INET6) return STATUS_NOT_SUPPORTED;
    return new StackDatagrams(this, family, events);
  }

  localAddresses(family: ADDRESS_FAMILY): readonly SOCKADDR[] {
    const version = family === AF_INET6 ? 6 : 4;
    const own = this.host.ownAddresses().filter((address) => address.version === version);
    return own.map(({ words }) => sockaddrOf(family, version, words, 0));
  }
}
