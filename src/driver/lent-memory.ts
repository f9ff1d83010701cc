import { BugCheckCode, type RuleId } from '../kernel/index.ts';
import { Bag, type InBag } from './bag.ts';
import type { Guest } from './guest.ts';

/** Memory of a driver's that WSK or the kernel goes on using after the call that named it. */
export interface Piece {
  readonly address: number;
  readonly size: number;
  /** `the MDL`, `the data`, `the event or context`. */
  readonly what: string;
}

/** A piece on a kernel stack. */
interface StackPiece extends InBag {
  readonly base: number;
  readonly end: number;
  readonly piece: Piece;
  readonly loan: Loan;
}

/** Memory that is lent to somebody, until it is taken back. */
export interface Loan extends InBag {
  readonly pieces: readonly Piece[];
  /** What it is used for: `WskSend, which is pending`. */
  readonly use: string;
  readonly rule: RuleId;
  /** Where it was lent. */
  readonly where: Error;
  readonly onStacks: StackPiece[];
}

/**
 * Knows the memory that must stay as it is: of pending requests (R22, R33), and tables that WSK reads at every event
 * (R28). Freeing it is a bug check at once, and so is leaving the function on whose stack it lies, which is seen at the
 * driver's next kernel call.
 */
export class LentMemory {
  private readonly guest: Guest;
  private readonly loans = new Bag<Loan>();
  private readonly onStacks = new Bag<StackPiece>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  lend(pieces: readonly Piece[], use: string, rule: RuleId, where: Error): Loan {
    const loan: Loan = { slot: 0, pieces, use, rule, where, onStacks: [] };
    for (const piece of pieces) {
      const stack = piece.address === 0 ? null : this.guest.stacks.at(piece.address);
      if (stack === null) continue;
      const onStack = { slot: 0, base: stack.address, end: stack.address + stack.size, piece, loan };
      loan.onStacks.push(onStack);
      this.onStacks.add(onStack);
    }
    this.loans.add(loan);
    return loan;
  }

  takeBack(loan: Loan): void {
    this.loans.delete(loan);
    for (const piece of loan.onStacks) this.onStacks.delete(piece);
  }

  /** Whether `watchStack` has something to do. */
  get hasStacks(): boolean {
    return this.onStacks.items.length > 0;
  }

  /** The driver calls the kernel: whatever lies below its stack pointer belongs to functions that have returned. */
  watchStack(stackPointer: number): void {
    for (const { base, end, piece, loan } of this.onStacks.items) {
      if (stackPointer > base && stackPointer <= end && piece.address < stackPointer) this.unwound(loan, piece);
    }
  }

  /** A thread or routine has ended: nothing on its stack is any more. */
  stackEnds(top: number): void {
    for (const { end, piece, loan } of this.onStacks.items) if (end === top) this.unwound(loan, piece);
  }

  /** The driver frees memory, or unlocks an MDL's pages. */
  givenUp(address: number, size: number, call: string): void {
    for (const loan of this.loans.items) {
      for (const piece of loan.pieces) {
        if (piece.address < address + size && address < piece.address + piece.size) this.tooEarly(loan, piece, call);
      }
    }
  }

  private tooEarly({ use, rule, where }: Loan, { what, address }: Piece, call: string): never {
    const { kernel, places } = this.guest;
    const place = places.nameOf(where);
    const details = place === '' ? [] : [`lent at ${place}`];
    const code = rule === 'R22' ? BugCheckCode.PFN_LIST_CORRUPT : BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA;
    return kernel.bugCheck(code, address, rule, `${call} of ${what} of ${use}`, undefined, { details });
  }

  private unwound({ use, rule, where }: Loan, { what, address }: Piece): never {
    const { kernel, places } = this.guest;
    const now = places.nameOf(places.here());
    const details = now === '' ? [] : [`seen at ${now}`];
    const evidence = { details, frames: places.frames(where), parameters: [address] };
    const message = `${what} of ${use} lies on the stack of a function that has returned`;
    if (rule === 'R28')
      return kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, address, 'R28', message, undefined, evidence);
    const code = BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION;
    return kernel.bugCheck(code, 0x0c, 'R33', message, undefined, evidence);
  }
}
