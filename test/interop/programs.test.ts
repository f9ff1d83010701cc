import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { captureOf } from '../../src/report/index.ts';
import { type Service, serve } from '../../src/sockets/index.ts';
import { RealExecutor } from '../../src/time/index.ts';
import { Recorder } from '../../src/trace/index.ts';
import { at } from './bulk.ts';
import { interopObstacle, kernelCounters, missing, Namespace, skipNote } from './namespace.ts';
import { piece } from './pattern.mjs';
import { KERNEL, KERNEL6, ONE_MS, OURS, OURS6, openTunWorld, type TunWorld } from './tun-world.ts';

const obstacle = await interopObstacle();
const FILE = Buffer.from(piece(0, 300_000));
const run = promisify(execFile);

/** Answers every request with the file. */
const fileServer: Service = async (connection) => {
  for (let request = ''; !request.includes('\r\n\r\n'); ) {
    const bytes = await connection.read();
    if (bytes === null) return;
    request += Buffer.from(bytes).toString('latin1');
  }
  await connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${FILE.length}\r\nConnection: close\r\n\r\n`);
  await connection.end(FILE);
  while ((await connection.read()) !== null);
};

/** Fetches `path` with the request in WskConnectEx's Buffer. */
const get = async ({ sockets }: TunWorld, to: string, path: string) => {
  const data = `GET ${path} HTTP/1.0\r\nHost: x\r\n\r\n`;
  const connection = await sockets.connect(to, { data, fastOpen: true });
  const { bytesInSyn, synDataAcked } = connection;
  const pieces: Uint8Array[] = [];
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) pieces.push(bytes);
  await connection.end();
  await connection.close();
  const answer = Buffer.concat(pieces);
  const isFile = answer.subarray(answer.indexOf('\r\n\r\n') + 4).equals(FILE);
  return { status: answer.toString('latin1', 0, 12), isFile, inSyn: bytesInSyn === data.length, synDataAcked };
};

describe.skipIf(obstacle !== null)(`programs on the kernel's TCP, over TUN${skipNote(obstacle)}`, () => {
  let namespace: Namespace;
  let folder: string;
  let world: TunWorld;
  let trace: Recorder;
  beforeAll(async () => {
    namespace = await Namespace.enter();
    folder = mkdtempSync(join(tmpdir(), 'openwsk-'));
    writeFileSync(join(folder, 'file.bin'), FILE);
  });
  afterAll(() => {
    namespace.leave();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    const executor = new RealExecutor();
    trace = new Recorder(executor);
    world = await openTunWorld({ executor, trace, impairment: { settings: { ...ONE_MS, loss: 0.01 } } });
  });
  afterEach(() => world.close());

  const noCurl = missing('curl');
  describe.skipIf(noCurl !== null)(`curl${skipNote(noCurl)}`, () => {
    test.each([OURS, OURS6])(
      'fetches a file from a WSK server at %s, the second request in its SYN',
      async (address) => {
        const listener = await world.sockets.listen(at(address, 0), { fastOpen: true });
        const serving = serve(listener, fileServer);
        const url = `http://${at(address, listener.localAddress.port)}/file.bin`;
        const before = kernelCounters();
        for (const name of ['first', 'second']) {
          const output = join(folder, name);
          await run('curl', ['-sSf', '--noproxy', '*', '--tcp-fastopen', '--max-time', '20', '-o', output, url]);
          expect(readFileSync(output).equals(FILE)).toBe(true);
        }
        await listener.close();
        await serving;
        // Where a SYN with a cookie is lost the kernel sends a plain one: it was tried all the same.
        const after = kernelCounters();
        const tried = ['TCPFastOpenActive', 'TCPFastOpenActiveFail'].map((name) => after[name] - before[name]);
        expect(tried[0] + tried[1]).toBeGreaterThan(0);
      },
    );
  });

  const noNginx = missing('nginx');
  describe.skipIf(noNginx !== null)(`nginx${skipNote(noNginx)}`, () => {
    const nginx = (...parameters: string[]) =>
      spawnSync('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log', ...parameters], { encoding: 'utf8' });
    beforeEach(() => {
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
      const server = `listen ${KERNEL}:80 fastopen=16; listen [${KERNEL6}]:80 fastopen=16; root ${folder};`;
      writeFileSync(
        join(folder, 'nginx.conf'),
        `user root; worker_processes 1; pid nginx.pid; events {}\nhttp { access_log off; ${paths.join(' ')} server { ${server} } }\n`,
      );
      // Returns once it listens.
      const { status, stderr } = nginx();
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    });
    afterEach(() => void nginx('-s', 'stop'));

    test.each([KERNEL, KERNEL6])('at %s answers WskConnectEx with the request in the SYN', async (address) => {
      await world.close();
      world = await openTunWorld();
      const first = await get(world, at(address, 80), '/file.bin');
      const second = await get(world, at(address, 80), '/file.bin');
      const answer = { status: 'HTTP/1.1 200', isFile: true };
      expect(first).toEqual({ ...answer, inSyn: false, synDataAcked: false });
      expect(second).toEqual({ ...answer, inSyn: true, synDataAcked: true });
    });
  });

  const noShark = missing('tshark');
  describe.skipIf(noShark !== null)(`tshark${skipNote(noShark)}`, () => {
    const WRONG = '_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0';
    const read = (file: string, filter: string): string[] => {
      const check = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE'].flatMap((option) => ['-o', option]);
      const parameters = ['-n', '-r', file, ...check, '-Y', filter, '-T', 'fields', '-e', 'frame.number'];
      const { status, stdout, stderr } = spawnSync('tshark', parameters, { encoding: 'utf8', maxBuffer: 1 << 26 });
      if (status !== 0) throw new Error(stderr);
      return stdout.split('\n').filter((line) => line !== '');
    };

    test('finds nothing malformed and no wrong checksum in a transfer with loss, and the data in its SYN', async () => {
      const listener = await world.sockets.listen(at(OURS, 0), { fastOpen: true });
      const serving = serve(listener, fileServer);
      const other = await openTunWorld({ device: 'owsk9', addresses: ['10.88.0.2/24'], system: ['10.88.0.1/24'] });
      writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
      for (let i = 0; i < 2; i++) {
        expect(await get(other, at(OURS, listener.localAddress.port), '/')).toMatchObject({ isFile: true });
      }
      await other.close();
      await listener.close();
      await serving;
      const file = join(folder, 'good.pcapng');
      const pieces = captureOf(trace);
      writeFileSync(file, Buffer.concat(pieces));
      expect(read(file, 'tcp').length).toBeGreaterThan(400);
      expect(read(file, 'tcp.flags.syn == 1 && tcp.len > 0')).toHaveLength(1);
      expect(read(file, WRONG)).toEqual([]);

      // The same with one bit of one packet turned: it would be seen.
      const bytes = Buffer.concat(pieces);
      const place = bytes.indexOf(FILE.subarray(1000, 1040));
      bytes[place] ^= 1;
      writeFileSync(file, bytes);
      expect(read(file, WRONG)).toHaveLength(1);
    });
  });
});
