import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FaultRule } from '../../src/link/index.ts';
import { captureOf, ladder } from '../../src/report/index.ts';
import { packetText } from '../../src/report/packet-text.ts';
import { buildIpv4, buildUdp, PROTOCOL_UDP } from '../../src/tcpip/wire/index.ts';
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

test('SACK blocks count from where their segments do', async () => {
  const twice: FaultRule = { action: 'duplicate', match: ({ payloadLength }) => payloadLength > 0 };
  const lines = ladder(await traceOf({ faults: () => [twice] })).map(({ text }) => text);
  const blocks = lines.flatMap((text) =>
    [...text.matchAll(/SACK (\d+)-(\d+)/g)].map(([, left, right]) => [left, right]),
  );
  expect(blocks.length).toBeGreaterThan(0);
  for (const [left, right] of blocks) expect([left, right]).toEqual(['1', '101']);
});

test('a UDP packet says so, with its ports', () => {
  const source = Uint8Array.of(10, 0, 0, 1);
  const destination = Uint8Array.of(10, 0, 0, 2);
  const udp = buildUdp({ sourcePort: 5353, destinationPort: 7, payload: new Uint8Array(9) }, source, destination);
  const bytes = buildIpv4({
    ...{ tos: 0, id: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, options: new Uint8Array(0) },
    ...{ ttl: 64, protocol: PROTOCOL_UDP, source, destination, payload: udp },
  });
  expect(packetText(bytes)).toMatchObject({ source: '10.0.0.1:5353', destination: '10.0.0.2:7', text: 'UDP  9 bytes' });
});
