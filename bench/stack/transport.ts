import { AF_INET, parseSockaddr } from '../../src/base/index.ts';
import { StackTransport } from '../../src/transport/stack/index.ts';
import type { StreamEndpoint, StreamEvents, TransportOp } from '../../src/wsk/transport.ts';
import { Bytes, makeNet } from './workload.ts';

/** The two workloads one level up, through the Transport interface that WSK uses. Same definitions. */
const PIECE = 65_536;
const [bytes, connections] = [Number(process.argv[2] ?? 5e8), Number(process.argv[3] ?? 100_000)];

class Memory extends Bytes {
  view(from: number): Uint8Array {
    return this.bytes.subarray(from);
  }
}

const quiet: TransportOp = { cause: 0, onTransportComplete: () => {} };

class Peer implements StreamEvents {
  endpoint!: StreamEndpoint;
  received = 0;
  protected readonly memory: Memory;

  constructor(memory: Memory) {
    this.memory = memory;
  }
  onReadable(): void {
    for (let n = this.endpoint.read(this.memory, 0); n > 0; n = this.endpoint.read(this.memory, 0)) this.took(n);
  }
  took(count: number): void {
    this.received += count;
  }
  onEof(): void {
    this.endpoint.shutdown(quiet);
    this.endpoint.close(quiet);
  }
  onReset(): void {}
  onBacklog(): void {}
  onInspect(): 'accept' {
    return 'accept';
  }
  onInspectAborted(): void {}
  onIncoming(): void {}
}

const make = (transport: StackTransport, peer: Peer): StreamEndpoint => {
  peer.endpoint = transport.createStream(AF_INET, peer) as StreamEndpoint;
  peer.endpoint.setOption('receiveBuffer', 262_144);
  peer.endpoint.setOption('noDelay', 1);
  return peer.endpoint;
};

const serve = (transport: StackTransport, port: number, onAccept: () => Peer): void => {
  class Listening extends Peer {
    override onIncoming(): void {
      for (let next = this.endpoint.accept(); next !== null; next = this.endpoint.accept()) {
        const peer = onAccept();
        peer.endpoint = next;
        next.events = peer;
      }
    }
  }
  const endpoint = make(transport, new Listening(room));
  endpoint.bind(parseSockaddr(`10.0.0.2:${port}`), quiet);
  endpoint.listen(quiet);
};

const room = new Memory(new Uint8Array(262_144));
const hundred = new Memory(new Uint8Array(100));

const bulk = (): void => {
  const net = makeNet(0);
  const sink = new Peer(room);
  serve(new StackTransport(net.server), 9, () => sink);
  const client = new Peer(room);
  const endpoint = make(new StackTransport(net.client), client);
  const piece = new Memory(new Uint8Array(PIECE).map((_, i) => i));
  let left = Math.ceil(bytes / PIECE);
  const sent: TransportOp = { cause: 0, onTransportComplete: () => next() };
  const next = (): void => {
    if (left === 0) return;
    endpoint.send(piece, sent);
    if (--left === 0) endpoint.shutdown(quiet);
  };
  endpoint.bind(parseSockaddr('10.0.1.1:0'), quiet);
  endpoint.connect(parseSockaddr('10.0.0.2:9'), null, {
    cause: 0,
    onTransportComplete: () => {
      for (let i = 0; i < 8; i++) next();
    },
  });
  net.executor.run();
  if (sink.received < bytes) throw new Error(`received ${sink.received}`);
};

const short = (): void => {
  const net = makeNet(0);
  const to = parseSockaddr('10.0.0.2:7');
  const locals = Array.from({ length: 16 }, (_, i) => parseSockaddr(`10.0.1.${i + 1}:0`));
  const client = new StackTransport(net.client);
  class Echo extends Peer {
    override took(count: number): void {
      if (count !== 100) throw new Error(`short request: ${count}`);
      this.endpoint.send(hundred, quiet);
    }
  }
  serve(new StackTransport(net.server), 7, () => new Echo(hundred));
  let done = 0;
  class Asker extends Peer implements TransportOp {
    readonly cause = 0;
    onTransportComplete(): void {
      this.endpoint.send(hundred, quiet);
    }
    override took(): void {
      this.endpoint.shutdown(quiet);
    }
    override onEof(): void {
      this.endpoint.close(quiet);
      if (++done < connections) ask();
    }
  }
  const ask = (): void => {
    const asker = new Asker(hundred);
    const endpoint = make(client, asker);
    endpoint.bind(locals[done % 16], quiet);
    endpoint.connect(to, null, asker);
  };
  ask();
  while (done < connections && net.executor.step());
  const packets = net.client.counters.tcpOutSegs + net.server.counters.tcpOutSegs;
  console.log(JSON.stringify({ packetsPerConnection: packets / connections }));
};

const measure = (work: () => void): number => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

const bulkSeconds = measure(bulk);
const shortSeconds = measure(short);
console.log(
  JSON.stringify({
    level: 'transport',
    megabytesPerSecond: Math.round(bytes / bulkSeconds / 1e6),
    microsecondsPerConnection: Number(((shortSeconds / connections) * 1e6).toFixed(2)),
  }),
);
