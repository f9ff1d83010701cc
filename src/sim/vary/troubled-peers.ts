import { type EventTarget, type Executor, SECOND } from '../../time/index.ts';
import type { Lease, StreamEndpoint } from '../../wsk/index.ts';
import { type PeerService, StreamPeer } from '../peers/index.ts';

/** How long a peer that says nothing keeps its connection: longer than most drivers wait, and not for ever. */
const SULKS = 30 * SECOND;

/** Takes what comes and never answers. */
class TakesAll extends StreamPeer {
  protected take(lease: Lease): void {
    lease.release();
  }
}

class ResetsOnData extends StreamPeer {
  protected take(lease: Lease): void {
    lease.release();
    this.reset();
  }
}

/** Does not even answer an end, until it has had enough. */
class Sulks extends TakesAll implements EventTarget {
  constructor(endpoint: StreamEndpoint, executor: Executor) {
    super(endpoint);
    executor.schedule(executor.now() + SULKS, this, 0, 0);
  }

  protected override takeEnd(): void {}

  onEvent(): void {
    this.reset();
  }
}

const resetsAtOnce: PeerService = (endpoint) => {
  const peer = new TakesAll(endpoint);
  peer.reset();
  return peer;
};

const endsAtOnce: PeerService = (endpoint) => {
  const peer = new TakesAll(endpoint);
  peer.endBoth();
  return peer;
};

/** Ways of a peer to be difficult, each within TCP's rules. */
export const troubles: readonly { readonly what: string; readonly serve: PeerService }[] = [
  { what: 'resets the connection at once', serve: resetsAtOnce },
  { what: 'resets the connection when data comes', serve: (endpoint) => new ResetsOnData(endpoint) },
  { what: 'ends its side at once', serve: endsAtOnce },
  { what: 'says nothing for 30 s and resets then', serve: (endpoint, executor) => new Sulks(endpoint, executor) },
];
