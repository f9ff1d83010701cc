// The stack's bench: bundles main.ts and runs it in a fresh Node; with LWIP_WASM=<folder of lwip.wasm and wasm.mjs>
// the same workloads run on lwIP right after, and the ratios are printed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'owsk-bench-'));
const out = join(folder, 'main.mjs');
const bytes = process.argv[2] ?? '5e8';
const connections = process.argv[3] ?? '20000';
const rounds = Number(process.argv[4] ?? 3);
const nodeArguments = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean);

const run = (file, ...rest) => {
  const done = spawnSync(process.execPath, [...nodeArguments, file, ...rest], { encoding: 'utf8', cwd: process.cwd() });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim().split('\n');
};
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

try {
  await build({ entryPoints: [join(here, 'main.ts')], bundle: true, platform: 'node', format: 'esm', outfile: out });
  const lwip = process.env.LWIP_WASM;
  const ours = { bulk: [], short: [], warm: [] };
  const theirs = { bulk: [], short: [] };
  for (let round = 0; round < rounds; round++) {
    const lines = run(out, bytes, connections).map((line) => JSON.parse(line));
    ours.bulk.push(lines[0].megabytesPerSecond);
    ours.short.push(lines[1].microsecondsPerConnection);
    ours.warm.push(lines[2].microsecondsPerConnection);
    console.log(JSON.stringify(lines));
    if (lwip === undefined || !existsSync(join(lwip, 'lwip.wasm'))) continue;
    const peer = run(join(lwip, 'wasm.mjs'), bytes, connections);
    console.log(peer.join('\n'));
    theirs.bulk.push(Number(/MB\/s=([\d.]+)/.exec(peer[0])[1]));
    theirs.short.push(Number(/us\/conn=([\d.]+)/.exec(peer[1])[1]));
  }
  console.log(`bulk   ${median(ours.bulk)} MB/s`);
  console.log(`short  ${median(ours.short)} us, warm ${median(ours.warm)} us`);
  if (theirs.bulk.length > 0) {
    const floors = JSON.parse(readFileSync(join(here, 'floors.json'), 'utf8'));
    const ratios = {
      bulk: median(ours.bulk) / median(theirs.bulk),
      short: median(ours.short) / median(theirs.short),
      warm: median(ours.warm) / median(theirs.short),
    };
    console.log(`bulk   ${ratios.bulk.toFixed(2)} x lwIP-wasm (goal: at least 1.0)`);
    console.log(
      `short  ${ratios.short.toFixed(2)} x lwIP-wasm's time, warm ${ratios.warm.toFixed(2)} x (goal: at most 1.25)`,
    );
    if (ratios.bulk < floors.bulkRatioAtLeast || ratios.short > floors.shortRatioAtMost) {
      console.log('below the floors of bench/stack/floors.json');
      process.exitCode = 1;
    }
  } else console.log('lwIP: skipped, LWIP_WASM does not name a folder with lwip.wasm and wasm.mjs');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
