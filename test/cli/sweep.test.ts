import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openwsk } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'openwsk sweep '));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const race = 'drivers/broken/list-without-lock/list-without-lock.c';
const order = ['--vary', 'order,switch'];

describe('sweep', { timeout: 60_000 }, () => {
  test('names each mistake with its seeds and the commands that replay and shrink it, which do', async () => {
    const swept = await openwsk('sweep', race, ...order, '--seeds', '1..60');
    expect(swept.code).toBe(1);
    const [, count, seed] = /^(\d+) of 60 seeds, the first (\d+): bug check .*R45/s.exec(swept.stdout) ?? [];
    expect(Number(count)).toBeGreaterThan(0);
    expect(swept.stdout).toContain(`openwsk replay ${race} --vary order,switch --seed ${seed} --ladder`);
    expect(swept.stdout).toMatch(/60 seeds: 1 mistake\n$/);

    const replayed = await openwsk('replay', race, ...order, '--seed', seed, '--ladder');
    expect(replayed.code).toBe(1);
    expect(replayed.stderr).toMatch(/seed \d+ chooses:\n {2}(order|switch):\d+/);
    expect(replayed.stderr).toContain(`${race}:24`);
    expect(replayed.stdout).toContain('BUG CHECK');

    const shrunk = await openwsk('shrink', race, ...order, '--seed', seed);
    expect(shrunk.code).toBe(0);
    const [, only] =
      /openwsk replay \S+ --vary order,switch --seed \d+ --only (\S+) --ladder\n$/.exec(shrunk.stdout) ?? [];
    expect(only.split(',').length).toBeLessThanOrEqual(2);
    const small = await openwsk('replay', race, ...order, '--seed', seed, '--only', only);
    expect(small.stderr).toContain(`${race}:24`);
  });

  test('finds the same with any number of workers, and in parts that are merged', async () => {
    const args = ['sweep', race, ...order, '--seeds', '1..24', '--json'];
    const whole = await openwsk(...args, '--jobs', '1');
    expect(whole.code).toBe(1);
    expect(JSON.parse(whole.stdout)).toMatchObject({
      kind: 'sweep',
      schema: 1,
      seeds: 24,
      arguments: `${race} --vary order,switch`,
    });
    expect((await openwsk(...args, '--jobs', '3')).stdout).toBe(whole.stdout);
    const parts = await Promise.all(['1/2', '2/2'].map((part) => openwsk(...args, '--shard', part)));
    const files = parts.map(({ stdout }, index) => file(`${index}.json`, stdout));
    const merged = await openwsk('merge', ...files, '--json');
    expect([merged.code, merged.stdout]).toEqual([1, whole.stdout]);
    expect((await openwsk('merge', ...files)).stdout).toMatch(/24 seeds: 1 mistake\n$/);
  });

  test('of a scenario judges what always holds, and what some seed must have reached', async () => {
    const good = await openwsk('sweep', 'drivers/fast-open/scenario.ts', '--seeds', '1..60');
    expect(good.stdout).toMatch(/in \d+ of 60 seeds: data rides in a SYN\n/);
    expect([good.code, good.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, '60 seeds: nothing wrong']);
    const scenario = file(
      'wrong.ts',
      `export const scenario = {
        driver: ${JSON.stringify(join(process.cwd(), 'drivers/fast-open/fast-open.c'))},
        always: { 'it prints a lot': ({ prints }) => prints.length > 90 },
        sometimes: { 'it prints nine times': ({ prints }) => prints.length === 9 },
      };`,
    );
    const wrong = await openwsk('sweep', scenario, '--seeds', '1..5', '--keep', 'memory');
    expect(wrong.stdout).toMatch(/5 of 5 seeds, the first 1: does not hold: it prints a lot\n/);
    expect(wrong.stdout).toContain('in no seed: it prints nine times\n');
    expect(wrong.code).toBe(1);
    const run = await openwsk('run', scenario);
    expect([run.code, run.stderr]).toEqual([1, 'openwsk: does not hold: it prints a lot\n']);
  });
});

test.each([
  ['seeds that are none', ['sweep', race, '--seeds', '9..1'], /--seeds 9\.\.1: write A\.\.B/],
  ['a part that is none', ['sweep', race, '--shard', '3/2'], /--shard 3\/2: write I\/N/],
  ['an aspect that is none', ['sweep', race, '--vary', 'luck'], /--vary luck: "luck" is none of order, switch/],
  ['a choice that is none', ['replay', race, '--seed', '1', '--only', 'luck:1'], /"luck:1" names no choice/],
  ['a replay without a seed', ['replay', race], /required option '--seed <N>'/],
  [
    'a seed that is fine, to be shrunk',
    ['shrink', race, '--seed', '1', '--vary', 'rtt'],
    /seed 1 goes wrong in no way/,
  ],
  ['a file that is no sweep', ['merge', 'package.json'], /package\.json: this is no output of sweep --json/],
  ['a file that is not there', ['merge', 'nothing.json'], /nothing\.json: there is no such file/],
  ['a scenario that is none', ['run', race, '--scenario', 'examples/raw-npi.ts'], /it exports no scenario/],
  ['a scenario that is not there', ['run', race, '--scenario', 'nothing.ts'], /nothing\.ts: there is no such file/],
  ['sources that do not compile', ['sweep', file('bad.c', 'int f(')], /bad\.c/],
])('%s: exit code 2, and what to write', async (_what, parameters, message) => {
  const { code, stderr } = await openwsk(...parameters);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test('parts of different sweeps are not merged', async () => {
  const part = (given: string): string =>
    JSON.stringify({
      kind: 'sweep',
      schema: 1,
      arguments: given,
      seeds: 1,
      mistakes: [],
      sometimes: {},
      varied: {},
      places: {},
    });
  const merged = await openwsk('merge', file('a.json', part('a.c')), file('b.json', part('b.c')));
  expect(merged.stderr).toMatch(/b\.json is of "b\.c", .*a\.json of "a\.c"/);
  expect(merged.code).toBe(2);
});
