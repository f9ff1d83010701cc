import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { captureOf, ladder } from '../../src/report/index.ts';
import { fileOf } from './browser.ts';
import { badDriver, traceOf } from './runs.ts';

const tshark = existsSync('/usr/bin/tshark');

test.skipIf(!tshark)(
  `tshark resolves the machines' names, finds drops on an interface of their own, and warns of nothing${tshark ? '' : ' (skipped: tshark is not installed)'}`,
  { timeout: 60_000 },
  async () => {
    const file = fileOf('lossy.pcapng');
    writeFileSync(file, Buffer.concat(captureOf(await traceOf({ loss: 0.2, seed: 7, vary: true }))));
    const read = (...more: string[]) => spawnSync('tshark', ['-r', file, ...more], { encoding: 'utf8' });
    const { stdout, stderr, status } = read(
      '-N',
      'n',
      '-T',
      'fields',
      '-e',
      'ip.src_host',
      '-e',
      'frame.interface_name',
    );
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    expect(new Set(rows.map(([host]) => host))).toEqual(new Set(['driver', 'peer']));
    expect(new Set(rows.map(([, name]) => name))).toEqual(new Set(['driver', 'peer', 'drops']));
    expect(rows.filter(([, name]) => name === 'drops').length).toBeGreaterThan(2);
    expect([status, stderr.replace(/^Running as user.*\n/m, '')]).toEqual([0, '']);
    const comments = read('-Y', 'frame.comment contains "WskConnectEx"').stdout;
    expect(comments).toMatch(/\[SYN\]/);
    expect(read('-Y', '_ws.malformed or _ws.expert.severity == error').stdout).toBe('');
  },
);

test('the ladder tells what was lost and what was sent again', async () => {
  const lines = ladder(await traceOf({ loss: 0.2, seed: 7, vary: true })).map(({ text }) => text);
  expect(lines).toContainEqual(expect.stringMatching(/driver ──▶ peer {2}SYN .* lost on the link$/));
  expect(lines).toContainEqual(expect.stringMatching(/driver ──▶ peer {2}SYN .* sent again$/));
  expect(lines.filter((text) => /sent again/.test(text)).length).toBeLessThan(lines.length / 4);
});

test('the ladder tells findings', async () => {
  const lines = ladder(await traceOf({}, badDriver)).map(({ text }) => text);
  expect(lines).toContainEqual(expect.stringMatching(/^BUG CHECK R1 the IRP was completed already/));
});
