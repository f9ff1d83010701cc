import { type ADDRESS_FAMILY, AF_INET, SOCKADDR_IN, SOCKADDR_IN6 } from '../../base/index.ts';
import type { DatagramEndpoint, DatagramEvents, DatagramLease, Transport } from '../../wsk/index.ts';
import { gatherOf, unheard } from './stream-peer.ts';

/** What a peer does with a datagram, which it must release, now or later. */
export type DatagramService = (endpoint: DatagramEndpoint, lease: DatagramLease) => void;

/** Sends back what comes (RFC 862). */
export const echoDatagram: DatagramService = (endpoint, lease) => {
  const bytes = new Uint8Array(lease.info.length);
  let at = 0;
  for (const piece of lease.pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  endpoint.sendTo(gatherOf(bytes), lease.info.remote, unheard);
  lease.release();
};

/** Takes everything and says nothing (RFC 863). */
export const discardDatagram: DatagramService = (_endpoint, lease) => lease.release();

/** Gives what comes to a UDP port to a service, straight on the transport. */
export class DatagramPeer implements DatagramEvents {
  private readonly endpoint: DatagramEndpoint;
  private readonly service: DatagramService;

  constructor(transport: Transport, family: ADDRESS_FAMILY, port: number, service: DatagramService) {
    this.service = service;
    this.endpoint = transport.createDatagram(family, this) as DatagramEndpoint;
    const any = family === AF_INET ? new SOCKADDR_IN('0.0.0.0', port) : new SOCKADDR_IN6('::', port);
    this.endpoint.bind(any, unheard);
  }

  onReadable(): void {
    for (let lease = this.endpoint.borrow(); lease !== null; lease = this.endpoint.borrow())
      this.service(this.endpoint, lease);
  }

  onReset(): void {}
}
