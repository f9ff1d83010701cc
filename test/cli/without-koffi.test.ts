import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openwskWithoutKoffi } from '../support/cli.ts';

const NOTICE = /^Fast Open needs Linux and koffi, so data follows the handshake: .+\n$/;

describe.concurrent("without koffi the commands run on Node's net, one round trip slower", () => {
  const server = createServer((socket) => socket.pipe(socket));
  let where: string;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    where = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  test('connect: the answer, and one line that says what is lost', async () => {
    const { code, stdout, stderr } = await openwskWithoutKoffi('connect', where, '--fast-open', '--data', 'hello');
    expect([code, stdout]).toEqual([0, 'hello']);
    const [notice, line] = stderr.split(/(?<=\n)/);
    expect(notice).toMatch(NOTICE);
    expect(line).toMatch(/0 of 5 bytes in the SYN {2}5 bytes received/);
  });

  test('connect --json: nothing but JSON', async () => {
    const { code, stdout, stderr } = await openwskWithoutKoffi(
      'connect',
      where,
      '--fast-open',
      '--data',
      'x',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ status: 'STATUS_SUCCESS', bytesInSyn: 0, synDataAcked: false });
    expect([code, stderr]).toEqual([0, '']);
  });

  test('a refused connection is named as ever', async () => {
    const { code, stderr } = await openwskWithoutKoffi('connect', '127.0.0.1:1');
    expect(stderr).toMatch(/STATUS_CONNECTION_REFUSED: nothing listens there/);
    expect(code).toBe(1);
  });

  test('a listening port that is taken is named as ever', async () => {
    const { code, stderr } = await openwskWithoutKoffi('serve', where);
    expect(stderr).toMatch(/STATUS_ADDRESS_ALREADY_ASSOCIATED/);
    expect(code).toBe(1);
  });

  test('doctor: off, not missing', async () => {
    const { code, stdout } = await openwskWithoutKoffi('doctor', '--json');
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const states = Object.fromEntries(findings.map(({ what, state }) => [what, state]));
    expect(states).toMatchObject({ 'system sockets': 'off', 'Fast Open, client': 'off', 'Fast Open, server': 'off' });
    expect(code).toBe(0);
  });
});
