import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { explanation as coloured } from '../../src/cli/explain.ts';
import { UsageError } from '../../src/cli/failure.ts';
import { BugCheckCode, rules } from '../../src/kernel/index.ts';
import { ntStatus } from '../../src/public/index.ts';
import { openwsk } from '../support/cli.ts';

/** Some environments ask for colours, CI among them. */
const explanation = (id: string): string => stripVTControlCharacters(coloured(id));

describe('openwsk explain', () => {
  test.each(rules.map(({ id, title, fix }) => [id, title, fix]))('%s: its title and its fix', (id, title, fix) => {
    expect(explanation(id)).toContain(title);
    expect(explanation(id.toLowerCase())).toContain(fix);
  });

  test.each(Object.keys(ntStatus))('%s by its name and by its value', (name) => {
    const text = explanation(name);
    expect(text).toContain(name);
    const value = /= (0x[0-9A-F]{8})/.exec(text)![1];
    const other = Object.values(BugCheckCode).includes(Number(value) as BugCheckCode);
    if (!other) expect(explanation(value)).toBe(text);
  });

  test.each(Object.entries(BugCheckCode))('%s by its name and by its value', (name, value) => {
    expect(explanation(name)).toContain(name);
    expect(explanation(`0x${value.toString(16)}`)).toBe(explanation(name));
  });

  test('a bug check names the rules that lead to it', () => {
    expect(explanation('0x44')).toMatch(/\n {2}R1 .*\n(?:.*\n)* {2}R7 /);
    expect(explanation('0x139')).toMatch(/R45 /);
  });

  test('a status says its value, its kind and what it means', () => {
    expect(explanation('0xC00000B5')).toMatch(
      /STATUS_IO_TIMEOUT = 0xC00000B5 \(error\)\n {2}meaning {2}Nobody answered/,
    );
    expect(explanation('STATUS_PENDING')).toMatch(/= 0x00000103 \(success, NT_SUCCESS\)/);
  });

  test.each([
    ['R99', /nearest: R9/],
    ['STATUS_IO_TIMOUT', /nearest: STATUS_IO_TIMEOUT/],
    ['0x12345678', /there is no 0x12345678/],
    ['MULTIPLE_IRP_COMPLETE_REQUEST', /nearest: MULTIPLE_IRP_COMPLETE_REQUESTS/],
    ['', /there is no/],
  ])('%j is refused with the nearest names', (id, message) => {
    expect(() => explanation(id)).toThrow(UsageError);
    expect(() => explanation(id)).toThrow(message);
  });

  test('ends with 0, and with 2 for an id that is none', async () => {
    const known = await openwsk('explain', 'R17');
    expect([known.code, known.stderr]).toEqual([0, '']);
    expect(known.stdout).toMatch(/^R17 \(bug check\): WSK_BUF\.Length lies within the MDL chain\.\n {2}why/);
    const unknown = await openwsk('explain', 'R17b');
    expect([unknown.code, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toMatch(/there is no R17b; nearest: R17/);
  });
});
