import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Aspect, aspectNames } from './aspects.ts';
import { type Choice, Choices, choiceName, parseChoices } from './choices.ts';

/** Questions of a run: which aspect is asked, and among how many ways. */
const questions = fc.array(fc.tuple(fc.constantFrom(...aspectNames), fc.integer({ min: 1, max: 5 })), {
  maxLength: 200,
});
const seeds = fc.nat(0xffff_ffff);

const ask = (choices: Choices, asked: readonly (readonly [Aspect, number])[]): number[] =>
  asked.map(([aspect, ways]) =>
    ways === 1 ? Number(choices.chance(aspect, 0.5, 'yes')) : choices.pick(aspect, ways, 0.7, (way) => `way ${way}`),
  );

const names = (made: readonly Choice[]): string[] => made.map(choiceName);

describe('choices', () => {
  test('are the same for the same seed and questions', () => {
    fc.assert(
      fc.property(seeds, questions, (seed, asked) => {
        expect(ask(new Choices({ seed }), asked)).toEqual(ask(new Choices({ seed }), asked));
      }),
    );
  });

  test('of one aspect do not depend on what other aspects are asked', () => {
    fc.assert(
      fc.property(seeds, questions, fc.constantFrom(...aspectNames), (seed, asked, aspect) => {
        const alone = asked.filter(([name]) => name === aspect);
        const all = ask(new Choices({ seed }), asked).filter((_, index) => asked[index][0] === aspect);
        expect(all).toEqual(ask(new Choices({ seed }), alone));
      }),
    );
  });

  test('that are not among the only ones go the straight way, and the others stay what they were', () => {
    fc.assert(
      fc.property(seeds, questions, fc.func(fc.boolean()), (seed, asked, isKept) => {
        const whole = new Choices({ seed });
        ask(whole, asked);
        const kept = whole.made.filter((choice) => isKept(choiceName(choice)));
        const part = new Choices({ seed, only: new Set(names(kept)) });
        ask(part, asked);
        expect(part.made).toEqual(kept);
      }),
    );
  });

  test('of aspects that may not vary are never made, lively ones in every run', () => {
    const aspects = new Set(['lose'] as const);
    for (let seed = 0; seed < 50; seed++) {
      const choices = new Choices({ seed, aspects, lively: true });
      for (let i = 0; i < 100; i++) {
        choices.chance('lose', 0.5, 'lost');
        choices.chance('late', 1, 'late');
      }
      expect(new Set(choices.made.map(({ aspect }) => aspect))).toEqual(aspects);
      expect([choices.isLively('lose'), choices.isLively('late')]).toEqual([true, false]);
    }
  });

  test('are read by their names; others are refused with what to write', () => {
    expect(parseChoices('lose:3,inline:12')).toEqual(new Set(['lose:3', 'inline:12']));
    expect(parseChoices('')).toEqual(new Set());
    for (const wrong of ['lose', 'lose:0', 'lose:x', 'luck:1', 'lose:1:2'])
      expect(() => parseChoices(wrong)).toThrow(/names no choice; write ASPECT:NUMBER/);
  });
});
