import { APC_LEVEL, BugCheckCode, mustBeBelowDispatch, type RuleId } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';

/** What Driver Verifier would say: bug check 0xC4 with its first parameter. */
export const violation = (guest: Guest, parameter1: number, rule: RuleId | null, message: string): never =>
  guest.kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, parameter1, rule, message);

/** R39: what threads wait for is not acquired at DISPATCH_LEVEL. */
export const mustBeAbleToWait = (guest: Guest, call: string, parameter1: number): void =>
  mustBeBelowDispatch(guest.kernel, call, parameter1);

/** R39: without the IRQL being raised, the caller has to have disabled APCs. */
export const mustHaveApcsDisabled = (guest: Guest, call: string, parameter1: number): void => {
  const { kernel } = guest;
  const { thread, irql } = kernel;
  if (irql === APC_LEVEL) return;
  const disabled = thread !== null && thread.kernelApcDisable + thread.specialApcDisable > 0;
  if (irql < APC_LEVEL && disabled) return;
  violation(guest, parameter1, 'R39', `${call} at IRQL ${irql} without a critical or guarded region`);
};

export const selfDeadlock = (guest: Guest, call: string, what: string): never =>
  violation(guest, 0x1000, 'R36', `${call} of ${what} that the caller has already: it would wait for itself for ever`);
