import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const probe = spawnSync('unshare', ['-rn', 'true'], { encoding: 'utf8' });
const obstacle = probe.status === 0 ? null : `network namespaces are off here: ${probe.stderr || probe.error}`;
const cli = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const inside = new URL('../support/in-namespace.mjs', import.meta.url).pathname;

interface Result {
  readonly outcomes: readonly {
    readonly status: string;
    readonly bytesInSyn: number;
    readonly synDataAcked: boolean;
    readonly data: string;
  }[];
  readonly syns: readonly number[];
  readonly serverExit: number;
}

const inNamespace = (fastOpen: number, ...connect: string[]): Result => {
  const parameters = ['-rn', process.execPath, inside, cli, String(fastOpen), '9095', ...connect];
  const { stdout, stderr, status } = spawnSync('unshare', parameters, { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`in the namespace: ${stderr}`);
  return JSON.parse(stdout);
};

const DATA = 'o'.repeat(100);

describe.skipIf(obstacle !== null)(
  `serve and connect over a kernel with Fast Open${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    test('the first connection gets a cookie, the next two carry their 100 bytes in the SYN', () => {
      const { outcomes, syns, serverExit } = inNamespace(3, '--fast-open', '--data', DATA, '--repeat', '3');
      expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('STATUS_SUCCESS'));
      expect(outcomes.map(({ bytesInSyn }) => bytesInSyn)).toEqual([0, 100, 100]);
      expect(outcomes.map(({ synDataAcked }) => synDataAcked)).toEqual([false, true, true]);
      expect(outcomes.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual(Array(3).fill(DATA));
      expect(syns).toEqual([0, 100, 100]);
      expect(serverExit).toBe(0);
    });

    test('without --fast-open no byte leaves before the handshake', () => {
      const { outcomes, syns } = inNamespace(3, '--data', DATA, '--repeat', '2');
      expect(outcomes.map(({ bytesInSyn }) => bytesInSyn)).toEqual([0, 0]);
      expect(syns).toEqual([0, 0]);
    });

    test('where the system has Fast Open off, the data follows the handshake', () => {
      const { outcomes, syns } = inNamespace(0, '--fast-open', '--data', DATA, '--repeat', '2');
      expect(outcomes.map(({ status, bytesInSyn }) => [status, bytesInSyn])).toEqual(
        Array(2).fill(['STATUS_SUCCESS', 0]),
      );
      expect(outcomes.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual(Array(2).fill(DATA));
      expect(syns).toEqual([0, 0]);
    });
  },
);
