import type { Link, LinkEnd, PacketArena, PacketHandle, PacketReceiver } from '../link/index.ts';
import { PROTOCOL_TCP, TCP } from '../tcpip/wire/index.ts';

/**
 * Where a machine is plugged into a link. It stays plugged in while the machine is off, crashes or starts again: the
 * packets then fall on the floor. It can also be deaf to some TCP ports.
 */
export class NetworkPort implements Link, PacketReceiver {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly deafTo = new Set<number>();
  private readonly arena: PacketArena;
  private readonly end: LinkEnd;
  private receiver: PacketReceiver | null = null;
  private receiverPort = 0;

  constructor(arena: PacketArena, link: Link, name: string, addresses: readonly string[]) {
    this.arena = arena;
    this.name = name;
    this.addresses = addresses;
    this.end = link.attach(this, 0, name);
  }

  /** Plugs the present TCP/IP of the machine in. */
  attach(receiver: PacketReceiver, port: number): LinkEnd {
    this.receiver = receiver;
    this.receiverPort = port;
    return this.end;
  }

  switchOff(): void {
    this.receiver = null;
  }

  receive(packet: PacketHandle): void {
    if (this.receiver === null || this.isDeaf(packet)) this.arena.release(packet);
    else this.receiver.receive(packet, this.receiverPort);
  }

  private isDeaf(packet: PacketHandle): boolean {
    if (this.deafTo.size === 0) return false;
    const { bytes, view } = this.arena.chunkOf(packet);
    const base = this.arena.baseOf(packet);
    const four = bytes[base] >> 4 === 4;
    const header = four ? (bytes[base] & 15) * 4 : 40;
    if (this.arena.length[packet] < header + TCP.headerBytes) return false;
    const protocol = bytes[base + (four ? 9 : 6)];
    return protocol === PROTOCOL_TCP && this.deafTo.has(view.getUint16(base + header + TCP.destinationPort));
  }
}
