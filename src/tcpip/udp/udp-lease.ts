import type { PacketHandle } from '../../link/index.ts';
import { releaseChain } from '../ip/packet-chain.ts';
import { DatagramInfo } from './datagram-info.ts';
import type { UdpEndpoint } from './udp-endpoint.ts';

/** One received datagram on loan: it stays in the arena, and in the receive buffer's account, until released. */
export class UdpLease {
  readonly info = new DatagramInfo();
  /** The bytes, in order; several pieces when it came in fragments. Read-only by contract. */
  readonly pieces: Uint8Array[] = [];
  private readonly endpoint: UdpEndpoint;
  private packet: PacketHandle;

  constructor(endpoint: UdpEndpoint, packet: PacketHandle, length: number, interfaceIndex: number) {
    const { arena } = endpoint.stack;
    this.endpoint = endpoint;
    this.packet = packet;
    this.info.read(arena, packet, length, interfaceIndex);
    let left = length;
    for (let piece = packet; piece !== 0 && left > 0; piece = arena.next[piece]) {
      const start = arena.baseOf(piece) + arena.data[piece];
      const count = Math.min(left, arena.dataLength[piece]);
      this.pieces.push(arena.chunkOf(piece).bytes.subarray(start, start + count));
      left -= count;
    }
  }

  get length(): number {
    return this.info.length;
  }

  /** Hands the datagram back as not received: the next receive gets it. Without effect once released. */
  putBack(): void {
    const packet = this.take();
    if (packet !== 0) this.endpoint.takeBack(packet, this.info.length, this.info.interfaceIndex);
  }

  release(): void {
    const packet = this.take();
    if (packet === 0) return;
    this.endpoint.lent -= this.info.length;
    releaseChain(this.endpoint.stack.arena, packet);
  }

  private take(): PacketHandle {
    const { packet } = this;
    this.packet = 0;
    return packet;
  }
}
