import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openwsk } from '../support/cli.ts';

describe.concurrent('wrong use of the command line ends with exit code 2 and one line that says what to do', () => {
  const cases: [string, string[], RegExp][] = [
    ['no target', ['connect'], /missing required argument 'HOST:PORT'/],
    ['a target without a port', ['connect', 'nowhere'], /"nowhere" is not HOST:PORT; write example\.org:80/],
    ['a port that is none', ['connect', '127.0.0.1:99999'], /is not HOST:PORT/],
    ['port 0', ['connect', '127.0.0.1:0'], /is not HOST:PORT/],
    ['an unknown option', ['connect', '127.0.0.1:7', '--fast-opne'], /Did you mean --fast-open\?/],
    ['a missing file', ['connect', '127.0.0.1:7', '--data-file', '/no/such/file'], /there is no such file/],
    ['two sources of data', ['connect', '127.0.0.1:7', '--data', 'x', '--data-file', 'y'], /not both/],
    ['a count that is none', ['connect', '127.0.0.1:7', '--repeat', '0'], /whole number from 1 to/],
    ['a time that is none', ['connect', '127.0.0.1:7', '--timeout', '1s'], /whole number from 1 to/],
    ['a listening port that is none', ['serve', '70000'], /is not \[ADDRESS:\]PORT/],
    ['a listening name', ['serve', 'localhost:7'], /is not \[ADDRESS:\]PORT/],
    ['two services', ['serve', '0', '--echo', '--http'], /take one of --echo, --http and --discard/],
    ['a network that is none', ['connect', '127.0.0.1:7', '--net', 'tap'], /"tap" is no network; write host, tun or/],
    ['an unknown command', ['conect'], /Did you mean connect\?/],
  ];
  for (const [name, parameters, message] of cases) {
    test(name, async () => {
      const { code, stderr, stdout } = await openwsk(...parameters);
      expect(stderr).toMatch(message);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).not.toMatch(/\n\s+at /);
    });
  }

  test('more data than WskConnectEx takes', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'openwsk-')), 'data');
    writeFileSync(file, new Uint8Array(65_536));
    const { code, stderr } = await openwsk('connect', '127.0.0.1:7', '--data-file', file);
    expect(stderr).toMatch(/65536 bytes; WskConnectEx takes at most 65,535/);
    expect(code).toBe(2);
  });
});

describe.concurrent('what the network refuses ends with exit code 1', () => {
  test('nothing listens: the status is named, with the next step', async () => {
    const { code, stderr } = await openwsk('connect', '127.0.0.1:1');
    expect(stderr).toBe(
      '127.0.0.1:1  WskConnectEx: STATUS_CONNECTION_REFUSED: nothing listens there: start the server, or check the port\n',
    );
    expect(code).toBe(1);
  });

  test('the same as JSON', async () => {
    const { code, stdout, stderr } = await openwsk('connect', '[::1]:1', '--json');
    expect(JSON.parse(stdout)).toEqual({
      status: 'STATUS_CONNECTION_REFUSED',
      local: null,
      remote: '[::1]:1',
      connectMs: null,
      firstByteMs: null,
      bytesInSyn: null,
      synDataAcked: null,
      received: 0,
      data: '',
    });
    expect([code, stderr]).toEqual([1, '']);
  });

  test('a name that is not known', async () => {
    const { code, stderr } = await openwsk('connect', 'no-such-host.invalid:80');
    expect(stderr).toMatch(/no address is known for "no-such-host\.invalid"/);
    expect(code).toBe(1);
  });

  test('an address of another machine to listen on', async () => {
    const { code, stderr } = await openwsk('serve', '192.0.2.1:7');
    expect(stderr).toMatch(/STATUS_INVALID_ADDRESS_COMPONENT/);
    expect(code).toBe(1);
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { code, stderr } = await openwsk('serve', `127.0.0.1:${(other.address() as AddressInfo).port}`);
    other.close();
    expect(stderr).toMatch(/STATUS_ADDRESS_ALREADY_ASSOCIATED: another socket has this port/);
    expect(code).toBe(1);
  });
});

test('every command has help with an example', async () => {
  for (const command of ['run', 'connect', 'serve', 'packets', 'doctor', 'demo']) {
    const { code, stdout } = await openwsk(command, '--help');
    expect(stdout).toMatch(new RegExp(`Example:\\n {2}openwsk ${command}`));
    expect(code).toBe(0);
  }
});

test('doctor tells what works', async () => {
  const { code, stdout } = await openwsk('doctor', '--json');
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(findings.map(({ what }) => what)).toEqual([
    'Node.js',
    'system sockets',
    'Fast Open, client',
    'Fast Open, server',
    'IPv6',
    'native compiler',
    'bundled compiler',
    'binaryen',
    'TUN device',
  ]);
  expect(code).toBe(findings.some(({ state }) => state === 'missing') ? 2 : 0);
});
