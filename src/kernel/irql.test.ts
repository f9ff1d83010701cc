import { describe, expect, test } from 'vitest';
import { crashIn, Rig } from '../../test/support/rig.ts';
import { APC_LEVEL, DISPATCH_LEVEL, HIGH_LEVEL, PASSIVE_LEVEL } from './irql.ts';

test('raising tells the old level, lowering restores it', () => {
  const { nt } = new Rig();
  const first = { value: -1 };
  nt.KeRaiseIrql(APC_LEVEL, first);
  const second = nt.KeRaiseIrqlToDpcLevel();
  expect([first.value, second, nt.KeGetCurrentIrql()]).toEqual([PASSIVE_LEVEL, APC_LEVEL, DISPATCH_LEVEL]);
  nt.KeLowerIrql(second);
  nt.KeLowerIrql(first.value);
  expect(nt.KeGetCurrentIrql()).toBe(PASSIVE_LEVEL);
});

describe('R14: KeRaiseIrql not below the present level, KeLowerIrql not above', () => {
  test('raising to a lower level', () => {
    const caught = crashIn(function* (nt) {
      nt.KeRaiseIrql(HIGH_LEVEL, { value: 0 });
      nt.KeRaiseIrqlToDpcLevel();
    });
    expect(caught).toEqual({ code: 0xc4, parameter1: 0x30, rule: 'R14' });
  });

  test('lowering to a higher level', () => {
    const caught = crashIn(function* (nt) {
      nt.KeLowerIrql(APC_LEVEL);
    });
    expect(caught).toEqual({ code: 0xc4, parameter1: 0x31, rule: 'R14' });
  });

  test('is kept by raising and lowering to the present level', () => {
    const caught = crashIn(function* (nt) {
      const old = nt.KeRaiseIrqlToDpcLevel();
      const same = nt.KeRaiseIrqlToDpcLevel();
      nt.KeLowerIrql(same);
      nt.KeLowerIrql(old);
      nt.KeLowerIrql(PASSIVE_LEVEL);
    });
    expect(caught).toBeNull();
  });
});
