// Runs inside a fresh network namespace (unshare -rn): brings loopback up, switches Fast Open on, lets an
// `openwsk serve` and an `openwsk connect` talk, and prints what connect said and which SYNs were on the wire.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import koffi from 'koffi';

const [cli, fastOpen, port, ...connectArguments] = process.argv.slice(2);
const library = koffi.load(null);
const socket = library.func('int socket(int, int, int)');
const ioctl = library.func('int ioctl(int, unsigned long, void *)');
const recvfrom = library.func('intptr_t recvfrom(int, void *, size_t, int, void *, void *)');

/** ifr_name "lo", then the flags IFF_UP | IFF_RUNNING. */
const raiseLoopback = () => {
  const SIOCSIFFLAGS = 0x8914;
  const request = new Uint8Array(40);
  request.set(Buffer.from('lo'));
  request[16] = 0x41;
  if (ioctl(socket(2, 2, 0), SIOCSIFFLAGS, request) !== 0) throw new Error(`SIOCSIFFLAGS: errno ${koffi.errno()}`);
};

const AF_PACKET = 17;
const SOCK_RAW_NONBLOCK = 3 | 0o4000;
const ETH_P_ALL_BE = 0x0300;
const PACKET_OUTGOING = 4;

/** Payload lengths of the IPv4 SYNs (not SYN-ACKs) that were sent, in order. */
const readSyns = (capture) => {
  const frame = new Uint8Array(70_000);
  const from = new Uint8Array(20);
  const syns = [];
  for (;;) {
    const length = Number(recvfrom(capture, frame, frame.length, 0, from, new Uint8Array(Int32Array.of(20).buffer)));
    if (length < 0) return syns;
    const view = new DataView(frame.buffer, 14);
    if (from[10] !== PACKET_OUTGOING || frame[14] >> 4 !== 4 || frame[14 + 9] !== 6) continue;
    const ipHeader = (frame[14] & 15) * 4;
    const flags = view.getUint8(ipHeader + 13);
    if ((flags & 0x12) !== 0x02) continue;
    syns.push(view.getUint16(2) - ipHeader - (view.getUint8(ipHeader + 12) >> 4) * 4);
  }
};

raiseLoopback();
writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', fastOpen);
const capture = socket(AF_PACKET, SOCK_RAW_NONBLOCK, ETH_P_ALL_BE);
const server = spawn(process.execPath, [cli, 'serve', `127.0.0.1:${port}`, '--echo', '--fast-open', '--json']);
await once(createInterface({ input: server.stdout }), 'line');
const client = spawn(process.execPath, [cli, 'connect', `127.0.0.1:${port}`, '--json', ...connectArguments]);
let output = '';
for await (const chunk of client.stdout) output += chunk;
server.kill('SIGINT');
await once(server, 'exit');
const outcomes = output
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
process.stdout.write(JSON.stringify({ outcomes, syns: readSyns(capture), serverExit: server.exitCode }));
