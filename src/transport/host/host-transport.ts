import type { ADDRESS_FAMILY, NTSTATUS, SOCKADDR } from '../../base/index.ts';
import { type Libc, loadLibc } from '../../system/libc.ts';
import { Reactor } from '../../system/reactor.ts';
import type { RealExecutor } from '../../time/index.ts';
import type { DatagramEndpoint, DatagramEvents, StreamEndpoint, StreamEvents, Transport } from '../../wsk/transport.ts';
import { localAddresses } from '../net/local-addresses.ts';
import { OpReporter } from '../op-reporter.ts';
import { DatagramReceiver } from './datagram-receiver.ts';
import { HostDatagrams } from './host-datagrams.ts';
import { HostEndpoint } from './host-endpoint.ts';

export interface HostTransportOptions {
  /**
   * Leaves the choice of a port of 0 to connect, so that tens of thousands of connections from one address do not run
   * out of ports; WskGetLocalAddress then tells the port from connect on only. Off by default.
   */
  readonly deferPort?: boolean;
}

/** The operating system's sockets, called directly: Linux, through koffi. */
export class HostTransport implements Transport {
  readonly capability = { ackCompletion: false, inspect: false, earlyDataKnown: true };
  readonly executor: RealExecutor;
  readonly libc: Libc;
  readonly reactor: Reactor;
  readonly reporter: OpReporter;
  readonly deferPort: boolean;
  private datagramReceiver: DatagramReceiver | null = null;

  private constructor(libc: Libc, executor: RealExecutor, options: HostTransportOptions) {
    this.executor = executor;
    this.libc = libc;
    this.reactor = new Reactor(libc, executor);
    this.reporter = new OpReporter(executor);
    this.deferPort = options.deferPort ?? false;
  }

  /** @throws OpenWskError OWSK_NO_HOST where there are no such sockets */
  static async open(executor: RealExecutor, options: HostTransportOptions = {}): Promise<HostTransport> {
    return new HostTransport(await loadLibc(), executor, options);
  }

  /** Made with the first datagram. */
  get receiver(): DatagramReceiver {
    this.datagramReceiver ??= new DatagramReceiver(this.libc);
    return this.datagramReceiver;
  }

  createStream(family: ADDRESS_FAMILY, events: StreamEvents): StreamEndpoint | NTSTATUS {
    return HostEndpoint.create(this, family, events);
  }

  createDatagram(family: ADDRESS_FAMILY, events: DatagramEvents): DatagramEndpoint | NTSTATUS {
    return HostDatagrams.create(this, family, events);
  }

  localAddresses(family: ADDRESS_FAMILY): readonly SOCKADDR[] {
    return localAddresses(family);
  }

  close(): void {
    this.reactor.close();
  }
}
