import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketScriptError, parseScript, runScript } from '../../src/packets/index.ts';
import { scriptFiles } from './scripts.ts';

/**
 * Whatever the text, parsing and running a script end with a verdict: the runner's own error is the only one that
 * parsing throws, and running throws none.
 */
const texts = scriptFiles().map(({ text }) => text);
const verdicts = ['ok', 'failed', 'unsupported', 'syntax'];

const survives = (text: string): void => {
  try {
    parseScript(text);
  } catch (error) {
    expect(error).toBeInstanceOf(PacketScriptError);
  }
  const { verdict, message } = runScript(text);
  expect(verdicts).toContain(verdict);
  if (verdict !== 'ok') expect(message).toMatch(/^script:\d+: ./);
};

/** Pieces that scripts are made of, in no order. */
const pieces = fc.constantFrom(
  ...['0', '+0', '+.1', '*', '+.1~+.2', '...', '<', '>', 'S', 'S.', '.', 'FP.', 'R', '-', '0:0(0)', '1:1001(1000)'],
  ...[
    'ack 1',
    'win 1000',
    'urg 1',
    '<mss 1460>',
    '<nop,sackOK,TS val 1 ecr 2>',
    '<FO TFO_COOKIE>',
    '<sack 1:2>',
    'icmp',
  ],
  ...['unreachable', 'mtu 10', '[0:1(1)]', '`', '%{', '}%', 'assert', 'tcpi_state', '==', '(', ')', '[', ']', '{', '}'],
  ...['socket(..., SOCK_STREAM, IPPROTO_TCP)', 'connect(3, ..., ...)', 'close(3)', '=', '= 3', '= -1 EAGAIN', ',', '"'],
  ...['--mtu=1500', '--ip_version=ipv6', '--define=A=B', '//', '/*', '*/', '\n', '4294967295', '-1', '0x', '1e9', '|'],
);
const soup = fc.array(pieces, { maxLength: 40 }).map((words) => words.join(' '));

/** A script of ours with stretches cut out, doubled, or replaced by other text. */
const mutated = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(12),
        text: fc.oneof(pieces, fc.string({ maxLength: 4 }), fc.constantFrom('0', '1', '9', '99999', '-', '.', ',', '')),
        twice: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((before, { at, length, text: put, twice }) => {
      const from = Math.floor(at * before.length);
      const cut = before.slice(from, from + length);
      return before.slice(0, from) + (twice ? cut + cut : put) + before.slice(from + length);
    }, text),
  );

test('random text is told from scripts without a fault', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), soup), survives), { numRuns: 1500 });
});

test('scripts with mistakes in them end with a verdict', () => {
  fc.assert(fc.property(mutated, survives), { numRuns: 1500 });
}, 60_000);

test.each([
  ['deep brackets', `0 socket(${'['.repeat(10_000)}`],
  ['deep parentheses in code', `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 %{ assert ${'('.repeat(10_000)} }%`],
  ['many signs in code', `0 %{ assert ${'-'.repeat(10_000)}1 }%`],
  ['a long line of blanks', `${' '.repeat(100_000)}0`],
  ['a far time', '+999999999999 < S 0:0(0)'],
  ['a huge write', '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 write(3, ..., 99999999999) = 0'],
])('%s', (_what, text) => survives(text));
