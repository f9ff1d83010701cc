import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostObstacle } from '../../src/public/host.ts';
import { type Block, blocksOf, read, root } from './markdown.ts';
import { describePrograms } from './programs.ts';

// Runs what the README shows and compares the output. When the product's output changes, paste the new one there.

const obstacle = await hostObstacle();
const all = blocksOf(read('README.md'));
const cli = `${root}dist/cli/main.js`;
const environment = { ...process.env, NO_COLOR: '1' };

/** `$ npx openwsk …` or `$ openwsk …` and the output shown below it. */
const commandsOf = ({ text }: Block): { command: string; output: string }[] =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...output] = part.trimEnd().split('\n');
      return { command, output: output.join('\n') };
    });

const openwsk = /^(?:npx )?openwsk /;
const commands = all
  .filter(({ language }) => language === 'console' || language === 'sh')
  .flatMap((block) => commandsOf(block).map((command) => ({ ...command, line: block.line })))
  .filter(({ command }) => openwsk.test(command));

/** What differs from run to run and from system to system: times, ports, versions, whether Fast Open is on. */
const normalised = (text: string): string =>
  text
    .replace(/^Fast Open is .*\n/gm, '')
    .replace(/^(?:ok|off|missing) +(\S.*?) {2,}.*$/gm, '$1')
    .replace(/("(?:connectMs|firstByteMs)":)[\d.]+/g, '$1T')
    .replace(/"bytesInSyn":\d+,"synDataAcked":\w+/g, '"bytesInSyn":N,"synDataAcked":B')
    .replace(/ *[\d.]+ ms\b/g, ' T ms')
    .replace(/cookie [0-9a-f]{8,32}/g, 'cookie C')
    .replace(/\d+ records/g, 'N records')
    .replace(/(127\.0\.0\.1|\[::1\]):\d+/g, '$1:PORT')
    .replace(/\d+ of (\d+) bytes in the SYN(, acknowledged|, sent again)?/g, 'N of $1 bytes in the SYN')
    .replace(/\d+ of them in the SYN(, not acknowledged)?/g, 'N of them in the SYN')
    .replace(/(?:no data|\d+ bytes) in the SYN/g, 'data in the SYN')
    .trimEnd();

/** The output shown as a pattern: a line `...` stands for any lines. */
const pattern = (shown: string): RegExp => {
  const escaped = normalised(shown).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/^\\\.\\\.\\\.$/gm, '[^]*?')}$`);
};

const run = async (command: string): Promise<string> => {
  const child = spawn('sh', ['-c', `exec 2>&1; exec "${process.execPath}" "${cli}" ${command.replace(openwsk, '')}`], {
    env: environment,
    cwd: root,
  });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  await once(child, 'close');
  return output;
};

describe.skipIf(obstacle !== null)(`the README${obstacle === null ? '' : ` (skipped: ${obstacle})`}`, () => {
  const servers: ChildProcess[] = [];
  /** The README's port of each server, and the free one that it got here. */
  const ports = new Map<string, string>();
  const firstLines = new Map<string, string>();
  const here = (text: string): string =>
    text.replace(/(127\.0\.0\.1:)(\d+)/g, (whole, host, port) => (ports.has(port) ? host + ports.get(port) : whole));

  beforeAll(async () => {
    for (const { command } of commands.filter(({ command }) => / serve /.test(command))) {
      const words = command.replace(openwsk, '').replace(/:\d+/, ':0').split(' ');
      const server = spawn(process.execPath, [cli, ...words], { env: environment });
      servers.push(server);
      const [line] = await once(createInterface({ input: server.stdout }), 'line');
      firstLines.set(command, line);
      ports.set(/:(\d+)/.exec(command)![1], /:(\d+)/.exec(line)![1]);
    }
  });
  afterAll(() => {
    for (const server of servers) server.kill('SIGINT');
  });

  for (const { command, output, line } of commands) {
    test(`line ${line}: ${command}`, async () => {
      const real = firstLines.get(command) ?? (await run(here(command)));
      expect(normalised(real)).toMatch(pattern(output));
    });
  }

  describePrograms('README.md', here);
});
