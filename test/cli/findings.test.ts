import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openwsk } from '../support/cli.ts';

const broken = (name: string): string => join('drivers', 'broken', name, `${name}.c`);
const LEAK = broken('irp-leak');
const CRASH = broken('pool-double-free');

test('a misuse: exit code 1, the rule, the line, and how to mend it', { timeout: 60_000 }, async () => {
  const { code, stderr } = await openwsk('run', LEAK);
  expect(stderr).toMatch(/error R40 on driver: left behind at unload: 1 IRP\n {4}at DriverEntry \(.*irp-leak\.c:15\)/);
  expect(stderr).toContain('openwsk explain R40 tells more');
  expect(code).toBe(1);
});

test('--allow with a reason silences it, says how often and why: exit code 0', { timeout: 60_000 }, async () => {
  const { code, stderr } = await openwsk('run', LEAK, '--allow', 'R40=it lives as long as the machine');
  expect(stderr).toBe('openwsk: 1 finding of R40 allowed: it lives as long as the machine\n');
  expect(code).toBe(0);
});

test('--allow of another rule silences nothing', { timeout: 60_000 }, async () => {
  const { code, stderr } = await openwsk('run', LEAK, '--allow', 'R29=the recursion is bounded');
  expect(stderr).toContain('error R40 on driver');
  expect(stderr).not.toContain('allowed');
  expect(code).toBe(1);
});

test('a bug check stays one, allowed or not', { timeout: 60_000 }, async () => {
  const { code, stderr } = await openwsk('run', CRASH, '--allow', 'R16=we know');
  expect(stderr).toMatch(/bug check on driver: 0xC2\/0x7 BAD_POOL_CALLER \(R16\)/);
  expect(stderr).not.toContain('allowed');
  expect(code).toBe(1);
});

test.each([
  ['no reason', 'R40', /--allow R40: say why/],
  ['an empty reason', 'R40= ', /--allow R40: say why/],
  ['a rule that there is not', 'R99=why', /"R99" is no rule; docs\/rules\.md lists them/],
  ['a bug check, which has no rule', '0x44=why', /"0x44" is no rule/],
])('--allow with %s: exit code 2', async (_what, text, message) => {
  const { code, stderr, stdout } = await openwsk('run', LEAK, '--allow', text);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, '']);
});

test('--json: the finding is the last line, with rule, place and fix', { timeout: 60_000 }, async () => {
  const { code, stdout } = await openwsk('run', LEAK, '--json');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const findings = lines.filter(({ kind }) => kind === 'finding');
  expect(findings).toEqual([lines.at(-1)]);
  expect(findings[0]).toMatchObject({ severity: 'error', rule: 'R40', message: 'left behind at unload: 1 IRP' });
  expect(findings[0].frames[0]).toMatchObject({ function: 'DriverEntry', line: 15 });
  expect(findings[0].frames[0].file).toMatch(/irp-leak\.c$/);
  expect(findings[0].fix).toMatch(/\w/);
  const page = readFileSync('docs/json.md', 'utf8');
  const section = page.slice(page.indexOf('### finding'), page.indexOf('### frame'));
  expect(Object.keys(findings[0]).filter((field) => !/^(?:t|kind)$/.test(field) && !section.includes(field))).toEqual(
    [],
  );
  expect(code).toBe(1);
});

test('limits are options: what is printed, events, fuel', { timeout: 60_000 }, async () => {
  const sample = join('drivers', 'fast-open', 'fast-open.c');
  const printed = await openwsk('run', sample, '--peer', 'echo', '--output-limit', '10');
  expect(printed.stdout).toBe(
    'limit: the driver printed more than 10 characters: give it more with --output-limit; the rest is dropped\n' +
      'limit: the driver printed more than 10 characters: give it more with --output-limit; prints dropped: 3\n',
  );
  expect(printed.code).toBe(0);
  const cut = await openwsk('run', sample, '--peer', 'echo', '--event-limit', '3');
  expect(cut.stderr).toBe('openwsk: limit: the run was cut after 3 events: give it more with --event-limit\n');
  expect(cut.code).toBe(1);
  const short = await openwsk('run', sample, '--peer', 'echo', '--fuel', '1000');
  expect(short.stderr).toMatch(/R30.*a loop does not end|limit: the driver has done more/);
  expect(short.code).toBe(1);
  expect(await openwsk('run', sample, '--fuel', 'much')).toMatchObject({ code: 2 });
});
