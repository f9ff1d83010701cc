import { bulk, makeNet, short } from './workload.ts';

// Prints one JSON line per workload: node bench/stack/run.mjs [bytes] [connections] [delay in ns]
const bytes = Number(process.argv[2] ?? 5e8);
const connections = Number(process.argv[3] ?? 20_000);
const delay = Number(process.argv[4] ?? 0);

const measure = (work: () => void): number => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

{
  const net = makeNet(delay);
  let received = 0;
  const seconds = measure(() => {
    received = bulk(net, bytes);
  });
  const packets = net.client.counters.tcpOutSegs + net.server.counters.tcpOutSegs;
  console.log(
    JSON.stringify({
      workload: 'bulk',
      megabytesPerSecond: Math.round(received / seconds / 1e6),
      packetsPerSecond: Math.round(packets / seconds),
      seconds: Number(seconds.toFixed(3)),
      virtualMs: net.executor.now() / 1e6,
      left: { arena: net.arena.liveCount },
    }),
  );
}
// Cold is the definition (a fresh process); warm is what a sweep or a long run sees.
for (const workload of ['short', 'short, warm']) {
  const net = makeNet(delay);
  let done = 0;
  const seconds = measure(() => {
    done = short(net, connections);
  });
  const packets = net.client.counters.tcpOutSegs + net.server.counters.tcpOutSegs;
  console.log(
    JSON.stringify({
      workload,
      microsecondsPerConnection: Number(((seconds / done) * 1e6).toFixed(2)),
      packetsPerConnection: packets / done,
      seconds: Number(seconds.toFixed(3)),
      virtualMs: net.executor.now() / 1e6,
    }),
  );
}
