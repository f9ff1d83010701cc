import { BugCheckCode, type Kernel, type RuleId, type SourceFrame } from '../kernel/index.ts';

/** Memory of a driver's that WSK or the kernel goes on using after the call that named it. */
export interface Piece {
  readonly address: number;
  readonly size: number;
  /** `the MDL`, `the data`, `the event or context`. */
  readonly what: string;
}

interface Loan {
  readonly pieces: readonly Piece[];
  /** What it is used for: `WskSend, which is pending`. */
  readonly use: string;
  readonly rule: RuleId;
  /** Where it was lent. */
  readonly where: Error;
  /** Of the pieces on kernel stacks: the stack, and the piece. */
  readonly onStacks: readonly { readonly base: number; readonly end: number; readonly piece: Piece }[];
}

/** What loans need to know about the driver. */
export interface StackKnowledge {
  /** The kernel stack that an address lies in. */
  stackAt(address: number): { readonly address: number; readonly size: number } | null;
  frames(stack: Error): SourceFrame[];
  placeOf(stack: Error): string;
  where(): Error;
}

/**
 * Knows the memory that must stay as it is: of pending requests (R22, R33), and tables that WSK reads at every event
 * (R28). Freeing it is a bug check at once, and so is leaving the function on whose stack it lies, which is seen at the
 * driver's next kernel call.
 */
export class LentMemory {
  private readonly kernel: Kernel;
  private readonly driver: StackKnowledge;
  private readonly loans = new Map<object, Loan>();
  private readonly stacked = new Map<object, Loan>();

  constructor(kernel: Kernel, driver: StackKnowledge) {
    this.kernel = kernel;
    this.driver = driver;
  }

  /** @param borrower whom it is lent to, until `takeBack` */
  lend(borrower: object, pieces: readonly Piece[], use: string, rule: RuleId, where: Error): void {
    const onStacks = pieces.flatMap((piece) => {
      const stack = piece.address === 0 ? null : this.driver.stackAt(piece.address);
      return stack === null ? [] : [{ base: stack.address, end: stack.address + stack.size, piece }];
    });
    const loan: Loan = { pieces, use, rule, where, onStacks };
    this.loans.set(borrower, loan);
    if (onStacks.length > 0) this.stacked.set(borrower, loan);
  }

  takeBack(borrower: object): void {
    this.loans.delete(borrower);
    this.stacked.delete(borrower);
  }

  /** Whether `watchStack` has something to do. */
  get hasStacks(): boolean {
    return this.stacked.size > 0;
  }

  /** The driver calls the kernel: whatever lies below its stack pointer belongs to functions that have returned. */
  watchStack(stackPointer: number): void {
    for (const loan of this.stacked.values()) {
      for (const { base, end, piece } of loan.onStacks) {
        if (stackPointer > base && stackPointer <= end && piece.address < stackPointer) this.unwound(loan, piece);
      }
    }
  }

  /** A thread or routine has ended: nothing on its stack is any more. */
  stackEnds(top: number): void {
    for (const loan of this.stacked.values()) {
      for (const { end, piece } of loan.onStacks) if (end === top) this.unwound(loan, piece);
    }
  }

  /** The driver frees memory, or unlocks an MDL's pages. */
  givenUp(address: number, size: number, call: string): void {
    for (const loan of this.loans.values()) {
      for (const piece of loan.pieces) {
        if (piece.address < address + size && address < piece.address + piece.size) this.tooEarly(loan, piece, call);
      }
    }
  }

  private tooEarly({ use, rule, where }: Loan, { what, address }: Piece, call: string): never {
    const place = this.driver.placeOf(where);
    const details = place === '' ? [] : [`lent at ${place}`];
    const code = rule === 'R22' ? BugCheckCode.PFN_LIST_CORRUPT : BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA;
    return this.kernel.bugCheck(code, address, rule, `${call} of ${what} of ${use}`, undefined, { details });
  }

  private unwound({ use, rule, where }: Loan, { what, address }: Piece): never {
    const now = this.driver.placeOf(this.driver.where());
    const details = now === '' ? [] : [`seen at ${now}`];
    const code =
      rule === 'R28' ? BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA : BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION;
    const message = `${what} of ${use} lies on the stack of a function that has returned`;
    const evidence = { details, frames: this.driver.frames(where), parameters: [address] };
    return this.kernel.bugCheck(
      code,
      rule === 'R28' ? address : 0x0c,
      rule === 'R28' ? 'R28' : 'R33',
      message,
      undefined,
      evidence,
    );
  }
}
