import type { ADDRESS_FAMILY } from '../../base/index.ts';
import type { DatagramInfo as UdpInfo, UdpLease } from '../../tcpip/index.ts';
import { DatagramInfo, type DatagramLease } from '../../wsk/transport.ts';
import { fillSockaddr } from './addresses.ts';

/** What the stack knows of a datagram, as WSK wants it. */
export const fillInfo = (into: DatagramInfo, from: UdpInfo): void => {
  fillSockaddr(into.remote, from.version, from.remote, from.remotePort);
  fillSockaddr(into.local, from.version, from.local, 0);
  into.interfaceIndex = from.interfaceIndex;
  into.length = from.length;
  // Datagrams to groups are dropped by the stack.
  into.cast = 'unicast';
};

/** A received datagram on loan: it stays in its packets. */
export class StackDatagramLease implements DatagramLease {
  readonly info: DatagramInfo;
  private readonly lease: UdpLease;

  constructor(family: ADDRESS_FAMILY, lease: UdpLease) {
    this.info = new DatagramInfo(family);
    this.lease = lease;
    fillInfo(this.info, lease.info);
  }

  get pieces(): readonly Uint8Array[] {
    return this.lease.pieces;
  }

  putBack(): void {
    this.lease.putBack();
  }

  release(): void {
    this.lease.release();
  }
}
