import { AF_INET, AF_INET6, formatSockaddr } from '../base/index.ts';
import { stateNames, type Tcb, type TcpTap } from '../tcpip/index.ts';
import { type Recorder, RecordKind } from '../trace/index.ts';
import { sockaddrOf } from '../transport/stack/addresses.ts';

/** Above this a threshold is none: slow start has no end yet. */
const NO_THRESHOLD = 1 << 30;

/** Records what becomes of one machine's connections. */
export class TcpTraceTap implements TcpTap {
  private readonly trace: Recorder;
  private readonly machine: number;
  private readonly states: readonly number[];

  /** @param machine its number in the trace */
  constructor(trace: Recorder, machine: number) {
    this.trace = trace;
    this.machine = machine;
    this.states = stateNames.map((name) => trace.intern(name));
  }

  onState(connection: Tcb): void {
    const name = this.nameOf(connection);
    this.trace.record(RecordKind.TcpState, this.machine, name, this.states[connection.state], 0, 0);
  }

  onWindow(connection: Tcb): void {
    const { congestion, sndNxt, sndUna } = connection;
    const threshold = congestion.threshold >= NO_THRESHOLD ? -1 : congestion.threshold;
    const inFlight = (sndNxt - sndUna) | 0;
    const name = this.nameOf(connection);
    this.trace.record(RecordKind.TcpWindow, this.machine, name, congestion.window, threshold, inFlight);
  }

  /** Put into words once per connection. */
  private nameOf(connection: Tcb): number {
    if (connection.tapName < 0) connection.tapName = this.trace.intern(connectionName(connection));
    return connection.tapName;
  }
}

const connectionName = ({ path, localPort, remotePort }: Tcb): string => {
  const family = path.version === 4 ? AF_INET : AF_INET6;
  const local = formatSockaddr(sockaddrOf(family, path.version, path.local, localPort));
  return `${local}>${formatSockaddr(sockaddrOf(family, path.version, path.remote, remotePort))}`;
};
