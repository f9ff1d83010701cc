import type { PacketHandle } from '../../link/index.ts';
import type { TcpConnection } from '../../tcpip/index.ts';
import type { Lease } from '../../wsk/transport.ts';

/** Received packets on loan: they stay in the arena, and in the window's account, until released. */
export class StackLease implements Lease {
  length: number;
  readonly pieces: Uint8Array[] = [];
  private readonly connection: TcpConnection;
  private readonly packets: PacketHandle[] = [];
  private isReleased = false;

  constructor(connection: TcpConnection, max: number) {
    this.connection = connection;
    this.length = connection.receiveQueue.take(max, this.packets, this.pieces);
    connection.lent += this.length;
  }

  trim(count: number): void {
    const back = new Uint8Array(this.length - count);
    let skip = count;
    let at = 0;
    for (const piece of this.pieces) {
      const rest = piece.subarray(Math.min(skip, piece.length));
      back.set(rest, at);
      at += rest.length;
      skip -= Math.min(skip, piece.length);
    }
    if (!this.connection.receiveQueue.putBack(back)) return; // the arena is full: the client sees them as taken
    this.connection.lent -= back.length;
    this.length = count;
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    for (const packet of this.packets) this.connection.stack.arena.release(packet);
    this.connection.giveBack(this.length);
  }
}
