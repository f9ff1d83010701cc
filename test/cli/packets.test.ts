import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openwsk } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'openwsk-packets-'));
const script = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const good = script('good.pkt', '0 < S 0:0(0) win 1000 <mss 1000>\n+0 > R. 0:0(0) ack 1\n');
const bad = script('bad.pkt', '// One too many.\n0 < S 0:0(0) win 1000 <mss 1000>\n+0 > R. 0:0(0) ack 2\n');
const foreign = script('foreign.pkt', '0 `reboot`\n');
const broken = script('broken.pkt', '0 socket(\n');
const word = script('word.pkt', '0 < S 0:0(0) win 1000 <mss 1000>\n+0 > R. 0:0(0) ack ACKED\n');

describe.concurrent('openwsk packets', () => {
  test('tells of each script in one line, sums up, and ends with 0 when all are fine', async () => {
    const { code, stdout, stderr } = await openwsk('packets', good, good);
    const line = `ok  ${good}  (0.000 s of virtual time)\n`;
    expect(stdout).toBe(`${line}${line}2 scripts: 2 ok, 0 failed, 0 unsupported\n`);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('says where a script failed, when, what it expected and what came, and ends with 1', async () => {
    const { code, stdout } = await openwsk('packets', good, bad, foreign);
    expect(stdout).toContain(
      `FAILED  ${bad}:3: at 0.000000 s: another packet than expected (acknowledgment)\n` +
        '  expected  > R. 0:0(0) ack 2  at 0.000000 s\n' +
        '  got       > R. 0:0(0) ack 1  sent at 0.000000 s\n',
    );
    expect(stdout).toContain('3 scripts: 1 ok, 1 failed, 1 unsupported');
    expect(code).toBe(1);
  });

  test('never lets pass what it cannot do: exit code 2 and the line', async () => {
    const { code, stdout } = await openwsk('packets', foreign);
    expect(stdout).toContain(`unsupported  ${foreign}:1: the command 'reboot'`);
    expect(code).toBe(2);
  });

  test('what is no script ends with 2', async () => {
    const { code, stdout } = await openwsk('packets', broken);
    expect(stdout).toContain(`not a script  ${broken}:2: expected a value`);
    expect(code).toBe(2);
  });

  test('replaces words of the script', async () => {
    expect((await openwsk('packets', word, '-D', 'ACKED=1')).code).toBe(0);
    expect((await openwsk('packets', word, '-D', 'ACKED=2')).code).toBe(1);
    expect((await openwsk('packets', word, '-D', 'ACKED')).code).toBe(2);
  });

  test('names a file that is not there', async () => {
    const { code, stderr } = await openwsk('packets', join(folder, 'none.pkt'));
    expect(stderr).toMatch(/none\.pkt: there is no such file/);
    expect(code).toBe(2);
  });
});
