// The stack's bench: each level in a fresh Node, lwIP as WebAssembly right after it on the same workloads, and so on for
// some rounds; medians of the ratios of each round, held against the goals and against the floors below which we broke
// something. node bench/stack/run.mjs [bytes] [connections] [rounds]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lwip } from './lwip.mjs';
import { nativeLwip, ns3 } from './other-peers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [bytes = '5e8', connections = '20000', rounds = '5'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'openwsk-bench-'));
const nodeArguments = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);
const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];

const run = (file) => {
  const [command, ...rest] = [...pinned, process.execPath, ...nodeArguments, file, bytes, connections];
  const done = spawnSync(command, rest, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim().split('\n');
};
const bundled = async (name) => {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(here, `${name}.ts`)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  return outfile;
};
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const median = (numbers) => sorted(numbers)[numbers.length >> 1];
const shown = (numbers, digits) => {
  const order = sorted(numbers);
  return `${median(numbers).toFixed(digits)} (${order[0].toFixed(digits)}-${order.at(-1).toFixed(digits)})`;
};

const rows = [
  { key: 'bulk', level: 'tcpip', work: 'bulk, MB/s', better: 'more', goal: 1.0 },
  { key: 'wskBulk', level: 'WSK', work: 'bulk, MB/s', better: 'more', goal: 0.8 },
  { key: 'short', level: 'tcpip', work: 'short connection, us', better: 'less', goal: 1.25 },
  { key: 'shortWarm', level: 'tcpip', work: 'short connection, warm, us', better: 'less', goal: 1.25 },
  { key: 'wskShort', level: 'WSK', work: 'short connection, us', better: 'less', goal: 2.5 },
  { key: 'wskShortWarm', level: 'WSK', work: 'short connection, warm, us', better: 'less', goal: 2.5 },
];

try {
  const [tcpip, wsk] = [await bundled('main'), await bundled('wsk')];
  const peer = lwip();
  const values = Object.fromEntries(rows.map(({ key }) => [key, []]));
  const ratios = Object.fromEntries(rows.map(({ key }) => [key, []]));
  for (let round = 1; round <= Number(rounds); round++) {
    process.stderr.write(`\rround ${round} of ${rounds}`);
    const [bulk, short, warm] = run(tcpip).map((line) => JSON.parse(line));
    const through = JSON.parse(run(wsk)[0]);
    const ours = {
      bulk: bulk.megabytesPerSecond,
      short: short.microsecondsPerConnection,
      shortWarm: warm.microsecondsPerConnection,
      wskBulk: through.megabytesPerSecond,
      wskShort: through.microsecondsPerConnection,
      wskShortWarm: through.warmMicrosecondsPerConnection,
    };
    for (const key of Object.keys(ours)) values[key].push(ours[key]);
    if (peer.folder === undefined) continue;
    const lines = run(join(peer.folder, 'wasm.mjs'));
    const theirs = {
      bulk: Number(/MB\/s=([\d.]+)/.exec(lines[0])[1]),
      short: Number(/us\/conn=([\d.]+)/.exec(lines[1])[1]),
    };
    for (const key of Object.keys(ours))
      ratios[key].push(ours[key] / (/[bB]ulk/.test(key) ? theirs.bulk : theirs.short));
  }
  process.stderr.write('\r                    \r');
  const floors = JSON.parse(readFileSync(join(here, '..', 'floors.json'), 'utf8')).stack;
  for (const { key, level, work, better, goal } of rows) {
    const line = `${level.padEnd(5)}  ${work.padEnd(27)}  ${shown(values[key], 1).padEnd(24)}`;
    if (ratios[key].length === 0) {
      console.log(line.trimEnd());
      continue;
    }
    const ratio = median(ratios[key]);
    const met = better === 'more' ? ratio >= goal : ratio <= goal;
    const broken = better === 'more' ? ratio < floors[key] : ratio > floors[key];
    if (broken) process.exitCode = 1;
    const verdict = broken ? `BELOW THE FLOOR of ${floors[key]}` : met ? 'met' : 'missed';
    console.log(
      `${line}  ${shown(ratios[key], 2).padEnd(18)} x lwIP-wasm  goal ${better === 'more' ? '>=' : '<='} ${goal}  ${verdict}`,
    );
  }
  if (peer.reason !== undefined) console.log(`lwIP: skipped: ${peer.reason}`);
  const others = { 'lwIP native': nativeLwip(peer.folder, pinned, bytes, connections), 'ns-3 optimised': ns3(pinned) };
  for (const [name, found] of Object.entries(others)) {
    if (found.reason !== undefined) {
      console.log(`${name}: skipped: ${found.reason}`);
      continue;
    }
    const [faster, slower] = [median(values.bulk) / found.bulk, median(values.short) / found.short];
    const bulk = `bulk ${found.bulk.toFixed(1)} MB/s: tcpip has ${faster.toFixed(2)} x`;
    console.log(`${name}: ${bulk}; short connection ${found.short.toFixed(1)} us: ${slower.toFixed(2)} x its time`);
  }
  const results = join(here, '..', 'results');
  mkdirSync(results, { recursive: true });
  const machine = { cpu: cpus()[0].model, cpus: cpus().length, node: process.version, pinned: pinned.length > 0 };
  const record = { date: new Date().toISOString(), machine, bytes, connections, values, ratios, others };
  writeFileSync(join(results, 'stack.json'), `${JSON.stringify(record, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
