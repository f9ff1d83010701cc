import { ACK, SYN } from '../tcpip/wire/index.ts';
import { Flow } from './flow.ts';
import type { LivePacket } from './live-packet.ts';

/** The connections of one run, in the order in which they were first seen. */
export class FlowTable {
  readonly all: Flow[] = [];

  /** The flow with these ends, new if need be. */
  of(version: 4 | 6, localPort: number, remotePort: number, remote: Uint8Array): Flow {
    const known = this.all.find(
      (flow) =>
        flow.version === version &&
        flow.localPort === localPort &&
        flow.remotePort === remotePort &&
        flow.remote.every((byte, i) => byte === remote[i]),
    );
    if (known !== undefined) return known;
    const flow = new Flow(version, localPort, remotePort, remote);
    this.all.push(flow);
    return flow;
  }

  /** Notes a packet of ours. */
  sent(packet: LivePacket): void {
    const { sourcePort, destinationPort } = packet.segment;
    this.of(packet.version, sourcePort, destinationPort, packet.remote).sent(packet);
  }

  /** The newest connection that we opened and whose SYN nobody has asked for yet. */
  newestWithSyn(): Flow | null {
    const opened = this.all.filter(({ queue }) => queue.some(({ segment }) => (segment.flags & (SYN | ACK)) === SYN));
    return opened[opened.length - 1] ?? null;
  }
}
