import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openwsk } from '../support/cli.ts';

const obstacle = spawnSync('python3', ['--version']).status === 0 ? null : 'python3 is not installed';

describe.skipIf(obstacle !== null)(`a server without Fast Open${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  const content = 'a file, byte for byte\n'.repeat(1000);
  let server: ChildProcess;
  let port: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openwsk-'));
    writeFileSync(join(folder, 'file.txt'), content);
    server = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder]);
    const [line] = await once(createInterface({ input: server.stdout! }), 'line');
    port = /port (\d+)/.exec(line)![1];
  });
  afterAll(() => void server.kill());

  test('a GET in the Buffer of WskConnectEx fetches a file, its bytes after the handshake', async () => {
    const request = 'GET /file.txt HTTP/1.0\\r\\n\\r\\n';
    const { code, stdout } = await openwsk('connect', `127.0.0.1:${port}`, '--fast-open', '--data', request, '--json');
    const outcome = JSON.parse(stdout);
    expect([code, outcome.status, outcome.bytesInSyn]).toEqual([0, 'STATUS_SUCCESS', 0]);
    const [head, body] = Buffer.from(outcome.data, 'base64').toString().split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.0 200 OK/);
    expect(body).toBe(content);
  });
});
