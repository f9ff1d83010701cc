import type { TcpClient, TcpConnection } from '../tcpip/index.ts';

/**
 * Nobody holds the connection any more, and it ends its side in good order. Data that still comes can reach no one,
 * which the peer has to learn: the connection is reset (RFC 1122, section 4.2.2.13).
 */
export class Orphan implements TcpClient {
  private readonly connection: TcpConnection;

  constructor(connection: TcpConnection) {
    this.connection = connection;
  }

  onReadable(): void {
    this.connection.receiveQueue.clear();
    this.connection.abort();
  }
  onConnected(): void {}
  onConnectFailed(): void {}
  onSent(): void {}
  onEof(): void {}
  onFinAcked(): void {}
  onReset(): void {}
}
