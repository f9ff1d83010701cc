import { writeFileSync } from 'node:fs';
import { array, assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { align, diffRuns, diffText, PAIR_MOVED, PAIR_SAME } from '../../src/report/index.ts';
import { openwsk } from '../support/cli.ts';
import { fileOf } from './browser.ts';
import { machines, traceOf } from './runs.ts';

describe('align', () => {
  test('pairs every element of both once, in order, and only equal ones', () => {
    const few = array(integer({ min: 0, max: 3 }), { maxLength: 40 });
    assert(
      property(few, few, (a, b) => {
        const pairs = align(Int32Array.from(a), Int32Array.from(b));
        const [own, others]: [number[], number[]] = [[], []];
        for (let i = 0; i < pairs.length; i += 2) {
          if (pairs[i] >= 0) own.push(pairs[i]);
          if (pairs[i + 1] >= 0) others.push(pairs[i + 1]);
          if (pairs[i] >= 0 && pairs[i + 1] >= 0) expect(a[pairs[i]]).toBe(b[pairs[i + 1]]);
        }
        expect(own).toEqual([...a.keys()]);
        expect(others).toEqual([...b.keys()]);
      }),
    );
  });

  test('takes as few alone as there must be', () => {
    const pairs = align(Int32Array.of(1, 2, 3, 4), Int32Array.of(1, 3, 4, 5));
    expect([...pairs]).toEqual([0, 0, 1, -1, 2, 1, 3, 2, -1, 3]);
  });

  test('sequences that have little in common are done in pieces', () => {
    const [a, b] = [3, 5].map((step) => Int32Array.from({ length: 6000 }, (_, i) => i * step));
    const pairs = align(a, b);
    expect(pairs.filter((one, i) => i % 2 === 0 && one >= 0)).toEqual(Int32Array.from(a.keys()));
    expect(pairs.filter((one, i) => i % 2 === 1 && one >= 0)).toEqual(Int32Array.from(b.keys()));
  });
});

describe('two runs', () => {
  const side = async (scenario = {}) => ({ trace: await traceOf(scenario), machines });

  test('the same have no difference', async () => {
    const diff = diffRuns(await side(), await side());
    expect([diff.firstDifference, diffText(diff)]).toEqual([-1, []]);
    expect(diff.marks.every((mark) => mark === PAIR_SAME)).toBe(true);
  });

  test('another round-trip time moves events and changes only what the driver prints', async () => {
    const diff = diffRuns(await side(), await side({ rtt: 60 }));
    const lines = diffText(diff);
    expect(lines.find((line) => line.startsWith('~'))).toMatch(/^~ {5}0\.000 {6}0\.000 {2}driver ──▶ peer {2}SYN/);
    expect(diff.marks[diff.firstDifference]).toBe(PAIR_MOVED);
    expect(lines.filter((line) => /^[-+]/.test(line)).map((line) => line.slice(24))).toEqual([
      'driver: DbgPrint: first connection: first byte after 80 ms',
      'driver: DbgPrint: first connection: first byte after 120 ms',
      'driver: DbgPrint: second connection: first byte after 40 ms',
      'driver: DbgPrint: second connection: first byte after 60 ms',
    ]);
  });
});

describe('openwsk diff', () => {
  const sample = new URL('../../examples/fast-open.ts', import.meta.url).pathname;
  const run = async (name: string, ...parameters: string[]): Promise<string> => {
    const { stdout } = await openwsk('run', sample, '--json', ...parameters);
    writeFileSync(fileOf(name), stdout);
    return fileOf(name);
  };

  test('exits with 0 for the same, 1 for different runs, 2 for trouble', async () => {
    const [a, b] = [await run('a.json'), await run('b.json', '--rtt', '60')];
    const results = [
      await openwsk('diff', a, a),
      await openwsk('diff', a, b),
      await openwsk('diff', a, fileOf('none')),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 1, 2]);
    expect(results[0].stdout).toMatch(/^the same: \d+ events\n$/);
    expect(results[1].stdout).toMatch(/^\.\.\.\n {6}0\.000 {6}0\.000 {2}driver: /);
    expect(results[2].stderr).toMatch(/none: ENOENT/);
    writeFileSync(fileOf('bad.json'), '{"kind":"trace","schema":1}\nx\n');
    expect((await openwsk('diff', a, fileOf('bad.json'))).stderr).toMatch(/bad\.json: line 2: it is no JSON object/);
  });
});
