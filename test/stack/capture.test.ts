import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/time/index.ts';
import { clientSocket, listen, Memory, pattern, text, World } from './support.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const why = hasTshark ? '' : ' (skipped: tshark is not installed)';

/** @returns the values of fields, a line per packet */
const tshark = (file: Uint8Array, fields: string[], filter = ''): string[][] => {
  const folder = mkdtempSync(join(tmpdir(), 'owsk-capture-'));
  try {
    const path = join(folder, 'capture.pcapng');
    writeFileSync(path, file);
    const checks = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE'].flatMap((option) => ['-o', option]);
    const shown = fields.flatMap((field) => ['-e', field]);
    const run = spawnSync('tshark', ['-r', path, ...checks, '-Y', filter, '-T', 'fields', ...shown], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(0);
    return run.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const record = (options: { v6?: boolean; seed?: number } = {}): Uint8Array => {
  const world = new World({ capture: true, seed: options.seed ?? 1 });
  const to = options.v6 ? '[fd00::2]:80' : '10.0.0.2:80';
  listen(world, to, (socket) => {
    socket.onData = () => {
      if (socket.text.startsWith('hello')) socket.send(new Memory(pattern(20_000)));
    };
    socket.onEnd = () => socket.shutdown(() => socket.close());
  });
  for (let i = 0; i < 2; i++) {
    const socket = clientSocket(world, { fastOpen: true, local: options.v6 ? '[::]:0' : '0.0.0.0:0' });
    socket.onData = () => {
      if (socket.bytes.length === 20_000) socket.shutdown();
    };
    socket.onEnd = () => socket.close();
    socket.connect(to, text('hello'));
    world.executor.runUntil(world.executor.now() + SECOND);
  }
  return world.pcapng();
};

describe(`a capture, opened with tshark${why}`, () => {
  it.skipIf(!hasTshark)('shows the cookie request, the cookie and the data in the SYN', () => {
    const rows = tshark(
      record(),
      [
        'frame.time_relative',
        'tcp.flags.str',
        'tcp.options.tfo.request',
        'tcp.options.tfo.cookie',
        'tcp.len',
        'frame.comment',
      ],
      'tcp.flags.syn == 1',
    );
    const [first, answer, second, third] = rows;
    expect(first[2]).not.toBe('');
    expect(answer[3]).toMatch(/^[0-9a-f]{16}$/);
    expect([second[3], second[4]]).toEqual([answer[3], '5']);
    expect(second[5]).toBe('call 2');
    expect(third[0]).toBe('1.020000000');
  });

  it.skipIf(!hasTshark)('has no malformed packet and no bad checksum, over IPv4 and IPv6', () => {
    for (const v6 of [false, true]) {
      const file = record({ v6 });
      expect(tshark(file, ['frame.number'], 'tcp').length).toBeGreaterThan(40);
      const bad = '_ws.malformed || ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || tcp.analysis.flags';
      expect(tshark(file, ['frame.number', '_ws.col.info'], bad)).toEqual([]);
    }
  });

  it('is the same for the same seed and another for another', () => {
    expect(Buffer.compare(record(), record())).toBe(0);
    expect(Buffer.compare(record(), record({ seed: 2 }))).not.toBe(0);
  });
});
