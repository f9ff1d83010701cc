import { NT_SUCCESS, ntStatusName, type SOCKADDR, wildcardSockaddr } from '../../base/index.ts';
import { type EventTarget, type Executor, MILLISECOND, SECOND } from '../../time/index.ts';
import type { Lease, StreamEndpoint, Transport } from '../../wsk/index.ts';
import { StreamPeer, unheard } from './stream-peer.ts';

const RETRY = 100 * MILLISECOND;
const PATIENCE = 60 * SECOND;
/** What a client does once it is connected. */
const STAYS = 0;
const RESETS = 1;

const LINE = 'hello from the client peer\n';

/** How a client fared. */
export interface ClientOutcome {
  readonly ok: boolean;
  readonly text: string;
}

/** A peer that comes to the driver, and has something to say at the end. */
export interface PeerClient {
  /** Null while it is at work. */
  readonly outcome: ClientOutcome | null;
}

/**
 * Connects to a server, once it listens; sends a line, expects it back, ends and tells what came. Tries again while
 * nothing listens, for a minute.
 */
export class ClientPeer implements PeerClient, EventTarget {
  outcome: ClientOutcome | null = null;
  private readonly transport: Transport;
  private readonly executor: Executor;
  private readonly to: SOCKADDR;
  private readonly giveUp: number;
  private readonly leave: number;

  /** @param leave 0: waits for its line; 1: resets once it is connected; 2: ends its side at once */
  constructor(transport: Transport, executor: Executor, to: SOCKADDR, leave: number) {
    this.transport = transport;
    this.executor = executor;
    this.to = to;
    this.leave = leave;
    this.giveUp = executor.now() + PATIENCE;
    executor.post(this, 0, 0);
  }

  /** Time for a try. */
  onEvent(): void {
    const { sa_family } = this.to;
    const talk = new Talk(this.transport, sa_family, (text, ok) => this.end(text, ok));
    const { endpoint } = talk;
    endpoint.bind(wildcardSockaddr(sa_family), {
      cause: 0,
      onTransportComplete: () =>
        endpoint.connect(this.to, null, {
          cause: 0,
          onTransportComplete: (status) => {
            if (NT_SUCCESS(status)) talk.begin(this.leave);
            else {
              endpoint.close(unheard);
              this.failed(status);
            }
          },
        }),
    });
  }

  private failed(status: number): void {
    const next = this.executor.now() + RETRY;
    if (next < this.giveUp) this.executor.schedule(next, this, 0, 0);
    else this.end(`could not connect: ${ntStatusName(status)}`, false);
  }

  private end(text: string, ok: boolean): void {
    this.outcome ??= { ok, text: `client ${this.to}: ${text}` };
  }
}

class Talk extends StreamPeer {
  override readonly endpoint: StreamEndpoint;
  private readonly tell: (text: string, ok: boolean) => void;
  private received = '';

  constructor(transport: Transport, family: number, tell: (text: string, ok: boolean) => void) {
    const placeholder = { onReadable() {}, onEof() {}, onReset() {}, onBacklog() {}, onIncoming() {} };
    const events = { ...placeholder, onInspect: () => 'accept' as const, onInspectAborted() {} };
    const endpoint = transport.createStream(family, events) as StreamEndpoint;
    super(endpoint);
    this.endpoint = endpoint;
    this.tell = tell;
  }

  begin(leave: number): void {
    if (leave === STAYS) {
      this.say(new TextEncoder().encode(LINE));
      return;
    }
    this.tell(leave === RESETS ? 'connected and reset' : 'connected and ended', true);
    if (leave === RESETS) this.reset();
    else this.endBoth();
  }

  protected take(lease: Lease): void {
    for (const piece of lease.pieces) this.received += new TextDecoder().decode(piece);
    lease.release();
    if (this.received.length >= LINE.length) this.judge();
  }

  protected override takeEnd(): void {
    this.judge();
  }

  private judge(): void {
    const same = this.received === LINE;
    this.tell(same ? 'its line came back' : `got ${JSON.stringify(this.received)} for ${JSON.stringify(LINE)}`, same);
    this.endBoth();
  }

  override onReset(): void {
    this.tell('the connection was reset', false);
    super.onReset();
  }
}
