import type { ADDRESS_FAMILY, SOCKADDR } from '../../base/index.ts';
import type { Executor } from '../../time/index.ts';
import type { DatagramEndpoint, DatagramEvents, StreamEndpoint, StreamEvents, Transport } from '../../wsk/transport.ts';
import { OpReporter } from '../op-reporter.ts';
import { localAddresses } from './local-addresses.ts';
import { NetDatagrams } from './net-datagrams.ts';
import { NetEndpoint } from './net-endpoint.ts';

/**
 * Node's own sockets (`node:net`, `node:dgram`), for systems where the direct ones cannot be had. What is different here:
 *
 * - No Fast Open: no byte rides in the SYN, WskConnectEx's Buffer follows the handshake.
 * - `net` binds when it connects. A socket bound to the wildcard address and port 0 learns its port then, and tells
 *   port 0 before; any other local address is reserved by a listener that refuses connections, until connect.
 * - The peer's end is told once everything before it was read, and a reset once there is room to read; a reset right
 *   behind data may look like an end (libuv takes a hang-up after a short read for one).
 * - SO_RCVBUF bounds the bytes held in this process, not those held by the system. SO_REUSEADDR is taken and has no
 *   effect for TCP: two sockets never share a port.
 * - Nobody tells which address a datagram was sent to: no IP_PKTINFO, no MSG_BCAST and MSG_MCAST.
 */
export class NetTransport implements Transport {
  readonly capability = { ackCompletion: false, inspect: false, earlyDataKnown: true };
  readonly reporter: OpReporter;
  /** Endpoints that hold a socket of the system. */
  readonly open = new Set<{ drop(): void }>();

  constructor(executor: Executor) {
    this.reporter = new OpReporter(executor);
  }

  createStream(family: ADDRESS_FAMILY, events: StreamEvents): StreamEndpoint {
    return new NetEndpoint(this, family, events);
  }

  createDatagram(family: ADDRESS_FAMILY, events: DatagramEvents): DatagramEndpoint {
    return new NetDatagrams(this, family, events);
  }

  localAddresses(family: ADDRESS_FAMILY): readonly SOCKADDR[] {
    return localAddresses(family);
  }

  close(): void {
    for (const endpoint of this.open) endpoint.drop();
  }
}
