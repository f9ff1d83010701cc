import { type SOCKADDR, wildcardSockaddr } from '../../base/index.ts';
import { type EventTarget, type Executor, MILLISECOND, SECOND } from '../../time/index.ts';
import type { DatagramEndpoint, DatagramEvents, DatagramLease, Transport } from '../../wsk/index.ts';
import type { ClientOutcome, PeerClient } from './client-peer.ts';
import { gatherOf, unheard } from './stream-peer.ts';

const AGAIN = 200 * MILLISECOND;
const PATIENCE = 60 * SECOND;

/**
 * Sends a datagram to a UDP server until the same bytes come back, and tells what came. Datagrams may be lost: it sends
 * again every 200 ms, for a minute.
 */
export class DatagramClient implements PeerClient, DatagramEvents, EventTarget {
  outcome: ClientOutcome | null = null;
  private readonly endpoint: DatagramEndpoint;
  private readonly executor: Executor;
  private readonly to: SOCKADDR;
  private readonly giveUp: number;
  /** Names the client's port, so that an answer to another client is seen. */
  private text = '';

  constructor(transport: Transport, executor: Executor, to: SOCKADDR) {
    this.executor = executor;
    this.to = to;
    this.giveUp = executor.now() + PATIENCE;
    this.endpoint = transport.createDatagram(to.sa_family, this) as DatagramEndpoint;
    this.endpoint.bind(wildcardSockaddr(to.sa_family), { cause: 0, onTransportComplete: () => this.begin() });
  }

  private begin(): void {
    this.endpoint.setRemote(this.to);
    this.text = `hello from the client at port ${this.endpoint.localAddress()!.port}\n`;
    this.onEvent();
  }

  /** Time to send. */
  onEvent(): void {
    if (this.outcome !== null) return;
    const next = this.executor.now() + AGAIN;
    if (next >= this.giveUp) {
      this.end('no answer came', false);
      return;
    }
    this.endpoint.sendTo(gatherOf(new TextEncoder().encode(this.text)), this.to, unheard);
    this.executor.schedule(next, this, 0, 0);
  }

  onReadable(): void {
    const lease = this.endpoint.borrow();
    if (lease === null) return;
    const received = textOf(lease);
    lease.release();
    if (received === this.text) this.end('its datagram came back', true);
    else this.end(`got ${JSON.stringify(received)} for ${JSON.stringify(this.text)}`, false);
  }

  onReset(): void {}

  private end(text: string, ok: boolean): void {
    this.outcome = { ok, text: `udp-client ${this.to}: ${text}` };
    this.endpoint.close(unheard);
  }
}

const textOf = ({ pieces }: DatagramLease): string => {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('');
};
