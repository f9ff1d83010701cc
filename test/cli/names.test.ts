import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { hostObstacle } from '../../src/public/host.ts';
import { openwskWith } from '../support/cli.ts';

const obstacle = await hostObstacle();

/** A Node that believes a name to have these addresses. */
const knowing = (...addresses: string[]): Record<string, string> => {
  const found = JSON.stringify(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  const code = [
    'import dns from "node:dns/promises"',
    'import { syncBuiltinESMExports } from "node:module"',
    `const found = ${found}`,
    'dns.lookup = async (_name, options) => (options?.all ? found : found[0])',
    'syncBuiltinESMExports()',
  ].join('\n');
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` };
};

describe.skipIf(obstacle !== null)(`names${obstacle === null ? '' : ` (skipped: ${obstacle})`}`, () => {
  const outcomes = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: string; remote: string });

  test('every address of a name is tried in turn; the one that connects is the first for the next connection', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const parameters = ['connect', `host.example:${port}`, '--json', '--repeat', '2'];
    const result = await openwskWith(knowing('127.0.0.2', '::1', '127.0.0.1'), ...parameters);
    server.close();
    const expected = { status: 'STATUS_SUCCESS', remote: `127.0.0.1:${port}` };
    expect(outcomes(result.stdout)).toMatchObject([expected, expected]);
    expect([result.code, result.stderr]).toEqual([0, '']);
  });

  test('only connecting is limited to a share of the time: the answer has all that is left', async () => {
    const late = (socket: Socket) => void setTimeout(() => socket.end('late'), 1500);
    const server = createServer({ allowHalfOpen: true }, late).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = `host.example:${(server.address() as AddressInfo).port}`;
    const known = knowing('127.0.0.1', '127.0.0.2', '127.0.0.3');
    const { stdout } = await openwskWith(known, 'connect', target, '--json', '--timeout', '4000');
    server.close();
    expect(outcomes(stdout)).toMatchObject([{ status: 'STATUS_SUCCESS', received: 4 }]);
  });

  test('when none connects, each says why', async () => {
    const { code, stderr } = await openwskWith(knowing('127.0.0.2', '127.0.0.3'), 'connect', 'host.example:1');
    expect(stderr).toMatch(/^127\.0\.0\.2:1 .*REFUSED.*\n127\.0\.0\.3:1 .*REFUSED.*\n$/);
    expect(code).toBe(1);
  });
});
