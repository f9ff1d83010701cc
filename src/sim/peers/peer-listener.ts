import { type ADDRESS_FAMILY, AF_INET, SOCKADDR_IN, SOCKADDR_IN6 } from '../../base/index.ts';
import type { Executor } from '../../time/index.ts';
import type { InspectAction, StreamEndpoint, StreamEvents, Transport } from '../../wsk/index.ts';
import type { PeerService } from './services.ts';
import { unheard } from './stream-peer.ts';

/** Where peers live. */
export interface PeerHost {
  readonly transport: Transport;
  readonly executor: Executor;
}

/** Listens on a port and gives each connection to a service. */
export class PeerListener implements StreamEvents {
  private readonly endpoint: StreamEndpoint;
  private readonly service: PeerService;
  private readonly executor: Executor;

  constructor(
    { transport, executor }: PeerHost,
    family: ADDRESS_FAMILY,
    port: number,
    service: PeerService,
    fastOpen: boolean,
  ) {
    this.service = service;
    this.executor = executor;
    this.endpoint = transport.createStream(family, this) as StreamEndpoint;
    this.endpoint.setOption('fastOpen', fastOpen ? 1 : 0);
    const any = family === AF_INET ? new SOCKADDR_IN('0.0.0.0', port) : new SOCKADDR_IN6('::', port);
    this.endpoint.bind(any, { cause: 0, onTransportComplete: () => this.endpoint.listen(unheard) });
  }

  onIncoming(): void {
    for (let endpoint = this.endpoint.accept(); endpoint !== null; endpoint = this.endpoint.accept()) {
      this.service(endpoint, this.executor).onReadable();
    }
  }

  onReadable(): void {}
  onEof(): void {}
  onReset(): void {}
  onBacklog(): void {}
  onInspect(): InspectAction {
    return 'accept';
  }
  onInspectAborted(): void {}
}
