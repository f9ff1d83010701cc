import { makeNet, openMany, short } from './workload.ts';

/**
 * Scale, at 1 ms round trip and with 16 client addresses, the client closing first and the default TIME-WAIT:
 * time per connection from 1,000 to 1,000,000 in sequence, and the memory of many idle connections at once.
 */
const MICROSECOND = 1000;
const sequence = Number(process.argv[2] ?? 1_000_000);
const atOnce = Number(process.argv[3] ?? 100_000);

const net = makeNet(500 * MICROSECOND);
short(net, 20_000); // warm
let done = 20_000;
for (let count = 1000; done + count <= sequence; count = count === 1000 ? 9000 : Math.max(90_000, count)) {
  const start = process.hrtime.bigint();
  short(net, count);
  done += count;
  const microseconds = Number(process.hrtime.bigint() - start) / 1e3 / count;
  const timeWaits = net.client.tcp.timeWait.size;
  console.log(
    JSON.stringify({ connections: done, microsecondsPerConnection: Number(microseconds.toFixed(2)), timeWaits }),
  );
}

const many = makeNet(500 * MICROSECOND);
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});
openMany(many, 1000);
collect();
const before = process.memoryUsage();
const start = process.hrtime.bigint();
openMany(many, atOnce);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
collect();
const after = process.memoryUsage();
const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
console.log(
  JSON.stringify({
    atOnce,
    established: many.client.tcp.connectionCount,
    microsecondsPerConnection: Number(((seconds / atOnce) * 1e6).toFixed(2)),
    bytesPerEndpoint: Math.round(bytes / atOnce / 2),
  }),
);
