import type { PacketHandle } from '../../link/index.ts';
import { nobody, type TcpConnection } from '../../tcpip/index.ts';
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
    const { connection, pieces } = this;
    const back = new Uint8Array(this.length - count);
    let at = this.length;
    while (at > count) {
      const last = pieces.pop()!;
      at -= last.length;
      const keep = Math.max(count - at, 0);
      back.set(last.subarray(keep), at + keep - count);
      if (keep > 0) pieces.push(last.subarray(0, keep));
    }
    connection.lent -= back.length;
    this.length = count;
    // Nobody reads any more, or the arena is full: then the bytes count as taken.
    if (connection.client !== nobody) connection.receiveQueue.putBack(back);
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    for (const packet of this.packets) this.connection.stack.arena.release(packet);
    this.connection.giveBack(this.length);
  }
}
