// The driver part of the bench: what a WSK call costs from C, and how long an edit takes to its verdict.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileDriver, suspendingImports } from 'openwsk/driver';
import { callCosts } from './call-cost.mjs';

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'openwsk-bench-'));
const results = {};
const show = (name, value, goal) => {
  results[name] = value;
  console.log(`${name.padEnd(44)} ${String(value).padStart(9)}   goal ${goal}`);
};

const compile = (inputs, more = {}) =>
  compileDriver({ inputs, includeDirs: [], defines: [], kasan: true, suspending: suspendingImports, ...more });

/** Seconds of `openwsk run`, from process start to its end. */
const verdict = (source, compiler, cache) => {
  const start = performance.now();
  const args = ['dist/cli/main.js', 'run', source, '--compiler', compiler];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env: { ...process.env, OWSK_CACHE: cache } });
  if (status !== 0) throw new Error(`openwsk run ended with ${status}`);
  return (performance.now() - start) / 1000;
};

const edited = (text, round) => {
  const source = join(folder, 'fast-open.c');
  writeFileSync(source, `${text}\n/* edit ${round} */\nstatic int Edit${round} = ${round};\n`);
  return source;
};

try {
  const calls = [join(root, 'bench/driver/calls.c')];
  const costs = await callCosts(
    { checked: (await compile(calls)).wasm, unchecked: (await compile(calls, { kasan: false })).wasm },
    7,
  );
  show('call from C, checked, us', +median(costs.checked).toFixed(2), '<= 2');
  show('call from C, --no-kasan, us', +median(costs.unchecked).toFixed(2), '');
  show('the same from TypeScript, us', +median(costs.TypeScript).toFixed(2), '');
  const ratio = median(costs.checked.map((cost, round) => cost / costs.TypeScript[round]));
  const floor = JSON.parse(readFileSync(join(root, 'bench/floors.json'), 'utf8')).driver.calls;
  show('C, checked, in calls from TypeScript', +ratio.toFixed(2), `(floor ${floor})`);
  if (ratio > floor) process.exitCode = 1;
  const text = readFileSync(join(root, 'drivers/fast-open/fast-open.c'), 'utf8');
  const cache = join(folder, 'cache');
  const source = edited(text, 0);
  const has = (compiler) => spawnSync('clang', ['--version']).status === 0 || compiler === 'bundled';
  if (has('native')) {
    verdict(source, 'native', cache);
    show(
      'unchanged source, s',
      +median([1, 2, 3, 4, 5].map(() => verdict(source, 'native', cache))).toFixed(2),
      '<= 0.3',
    );
    const natives = [1, 2, 3, 4, 5].map((round) => verdict(edited(text, round), 'native', cache));
    show('edited, native clang, s', +median(natives).toFixed(2), '<= 1.5');
  }
  const colds = [1, 2, 3].map((round) => verdict(edited(text, 10 + round), 'bundled', join(folder, `cold${round}`)));
  show('bundled clang, cold, s', +median(colds).toFixed(2), '<= 8');
  const again = [1, 2, 3].map((round) => verdict(edited(text, 20 + round), 'bundled', join(folder, 'cold1')));
  show('edited, bundled clang, s', +median(again).toFixed(2), '');
  const seeds = (jobs) => {
    const args = [
      'dist/cli/main.js',
      'sweep',
      'drivers/fast-open/fast-open.c',
      '--seeds',
      '1..1000',
      '--jobs',
      `${jobs}`,
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openwsk sweep ended with ${status}`);
    return Number(/([\d.]+) s, /.exec(stderr)[1]);
  };
  const rounds = [1, 2, 3].map(() => [seeds(1), seeds(2)]);
  show('sweep of 1,000 seeds, two cores, s', +median(rounds.map(([, two]) => two)).toFixed(1), '<= 10');
  show('two cores against one', +median(rounds.map(([one, two]) => one / two)).toFixed(2), 'near 2');
  writeFileSync(
    join(root, 'bench/results/driver.json'),
    `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), ...results }, null, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
process.exit();
