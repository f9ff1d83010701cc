import type { SOCKADDR } from '../base/index.ts';
import { ReceiveFromQueue } from './receive-from-queue.ts';
import type { SocketObject } from './socket.ts';
import type { DatagramEndpoint } from './transport.ts';

/** What a datagram socket has and others have not. */
export class Datagrams {
  readonly endpoint: DatagramEndpoint;
  readonly receives: ReceiveFromQueue;
  /** SIO_WSK_SET_REMOTE_ADDRESS: receives from it alone as well. */
  remote: SOCKADDR | null = null;
  /** SIO_WSK_SET_SENDTO_ADDRESS */
  sendTo: SOCKADDR | null = null;

  constructor(socket: SocketObject, endpoint: DatagramEndpoint) {
    this.endpoint = endpoint;
    this.receives = new ReceiveFromQueue(socket, endpoint);
  }

  /** Where a datagram without an address goes; null for nowhere. */
  get defaultRemote(): SOCKADDR | null {
    return this.remote ?? this.sendTo;
  }
}
