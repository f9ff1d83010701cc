import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finding, rules } from '../../src/kernel/index.ts';
import type { LoadableDriver } from '../../src/sim/index.ts';
import { compiledDriver, root, run, setting } from './support/broken-driver.ts';

/** Each driver of drivers/broken has one bug: it gives that rule's finding, at the marked line, and nothing else. */
const names = readdirSync(join(root, 'drivers', 'broken'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Seeds that are tried where the first run shows nothing: timing decides. */
const SEEDS = 100;

const ruleShownBy = (name: string): string => rules.find(({ shownBy }) => shownBy.includes(name))?.id ?? 'no rule';

const told = ({ rule, frames }: Finding): string => {
  const [top] = frames;
  return top === undefined ? `${rule}` : `${rule} ${top.file}:${top.line}`;
};

/** The findings of the first run that has some. */
const firstFindings = async (driver: LoadableDriver, { scenario }: ReturnType<typeof setting>): Promise<string[]> => {
  for (let seed = 0; seed <= SEEDS; seed++) {
    const { findings } = await run(driver, { ...scenario, ...disabled }, seed === 0 ? null : seed);
    if (findings.length > 0) return findings.map(told);
  }
  return [];
};

/** A rule that is switched off, to see that a test fails then: OWSK_RULE_OFF=R17. */
const off = process.env.OWSK_RULE_OFF;
const disabled = off === undefined ? {} : { disabledRules: new Set([off as `R${number}`]) };

describe('each broken driver gives exactly its finding, at its line', () => {
  test('there are at least as many as the mistakes that people make', () => {
    expect(names.length).toBeGreaterThan(50);
  });

  for (const name of names) {
    test(name, { timeout: 60_000 }, async () => {
      const it = setting(name);
      const found = await firstFindings(await compiledDriver(it.source), it);
      expect(found).toEqual([`${ruleShownBy(name)} ${it.source}:${it.line}`]);
    });
  }
});
