import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { hostObstacle } from '../../src/public/host.ts';
import { mainFile } from '../support/cli.ts';

const obstacle = await hostObstacle();

describe.skipIf(obstacle !== null)(
  `openwsk serve and Ctrl-C${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    const started = async () => {
      const server = spawn(process.execPath, [mainFile, 'serve', '127.0.0.1:0', '--json']);
      const lines = createInterface({ input: server.stdout });
      const [line] = await once(lines, 'line');
      const said: string[] = [];
      createInterface({ input: server.stderr }).on('line', (text) => said.push(text));
      return { server, said, port: Number(/:(\d+)$/.exec(JSON.parse(line).local)![1]) };
    };
    const echoing = async (port: number) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write('x');
      await once(socket, 'data');
      return socket;
    };
    const ended = async (server: ChildProcess) =>
      server.exitCode === null && server.signalCode === null
        ? once(server, 'exit')
        : [server.exitCode, server.signalCode];

    test('without connections one ends it, silently', async () => {
      const { server, said } = await started();
      server.kill('SIGINT');
      expect([await ended(server), said]).toEqual([[0, null], []]);
    });

    test('with connections it says that it waits for them, and ends with them', async () => {
      const { server, said, port } = await started();
      const sockets = [await echoing(port), await echoing(port)];
      server.kill('SIGINT');
      while (said.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(said).toEqual(['waiting for 2 open connections to end; a second Ctrl-C ends them at once']);
      expect(server.exitCode).toBeNull();
      for (const socket of sockets) socket.end();
      expect([await ended(server), said.length]).toEqual([[0, null], 1]);
    });

    test('a second one resets them and ends at once, with exit code 0', async () => {
      const { server, said, port } = await started();
      const socket = await echoing(port);
      const closed = new Promise<boolean>((resolve) => socket.on('close', resolve));
      server.kill('SIGINT');
      while (said.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(said[0]).toMatch(/^waiting for 1 open connection to end; a second Ctrl-C ends it at once$/);
      server.kill('SIGINT');
      expect([await ended(server), await closed]).toEqual([[0, null], true]);
      expect(said).toHaveLength(1);
    });

    test('a peer that resets its connection at once does not stop it', async () => {
      const { server, port } = await started();
      // Stopped, it accepts only what has been reset already.
      server.kill('SIGSTOP');
      for (let i = 0; i < 3; i++) {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.resetAndDestroy();
      }
      server.kill('SIGCONT');
      (await echoing(port)).end();
      server.kill('SIGINT');
      expect(await ended(server)).toEqual([0, null]);
    });
  },
);
