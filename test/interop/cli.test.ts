import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mainFile, openwsk } from '../support/cli.ts';
import { interopObstacle, Namespace, skipNote } from './namespace.ts';

const obstacle = await interopObstacle();
const DATA = 'o'.repeat(100);

describe.skipIf(obstacle !== null)(`the command line over TUN${skipNote(obstacle)}`, () => {
  let namespace: Namespace;
  const servers: ChildProcess[] = [];
  beforeAll(async () => void (namespace = await Namespace.enter()));
  afterAll(() => namespace.leave());
  afterEach(() => {
    for (const server of servers.splice(0)) server.kill('SIGKILL');
  });

  const serve = async (...parameters: string[]): Promise<ChildProcess> => {
    const server = spawn(process.execPath, [mainFile, 'serve', ...parameters, '--fast-open', '--json']);
    servers.push(server);
    const [line] = await once(createInterface({ input: server.stdout }), 'line');
    expect(JSON.parse(line)).toMatchObject({ event: 'listening' });
    return server;
  };
  const bytesInSyns = async (...parameters: string[]): Promise<number[]> => {
    const shared = ['--fast-open', '--data', DATA, '--repeat', '2', '--json'];
    const { stdout, stderr } = await openwsk('connect', ...parameters, ...shared);
    expect(stderr).toBe('');
    const outcomes = stdout.trim().split('\n');
    return outcomes.map((line) => {
      const { status, data, bytesInSyn } = JSON.parse(line);
      expect([status, Buffer.from(data, 'base64').toString()]).toEqual(['STATUS_SUCCESS', DATA]);
      return bytesInSyn;
    });
  };

  test('serve --net tun answers the system, connect --net tun asks it, the second time in the SYN', async () => {
    const server = await serve('10.87.0.2:9095', '--net', 'tun');
    expect(await bytesInSyns('10.87.0.2:9095')).toEqual([0, 100]);
    const { code, stderr } = await openwsk('connect', '10.87.0.1:9096', '--net', 'tun');
    expect([code, stderr]).toEqual([2, 'openwsk: owsk0 is in use by another program\n']);
    server.kill('SIGINT');
    expect(await once(server, 'exit')).toEqual([0, null]);

    await serve('0.0.0.0:9096');
    expect(await bytesInSyns('10.87.0.1:9096', '--net', 'tun')).toEqual([0, 100]);
  });
});
