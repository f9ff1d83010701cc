import { Prr } from './prr.ts';
import { Rack } from './rack.ts';

/** Nothing is being mended. */
export const OPEN = 0;
/** A loss was found and is being mended (fast recovery). */
export const RECOVERY = 1;
/** The retransmission timer fired: everything in flight then counts as lost. */
export const TIMEOUT = 2;
/** The network has marked packets (ECN): the window comes down, and nothing was lost. */
export const REDUCED = 3;

/** How far the check for a timeout that was for nothing has come (F-RTO, RFC 5682). */
export const FRTO_OFF = 0;
export const FRTO_FIRST_ACK = 1;
export const FRTO_SECOND_ACK = 2;

/** What a sender remembers once anything has gone wrong; a connection on a clean path has none. */
export class Recovery {
  state: number = OPEN;
  /** SND.NXT when the state began: it ends when this is acknowledged (RFC 6675's RecoveryPoint). */
  point = 0;
  hasPoint = false;
  /** Duplicate acknowledgments in a row, without SACK. */
  duplicates = 0;
  readonly rack = new Rack();
  readonly prr = new Prr();
  frto: number = FRTO_OFF;
  /** F-RTO sends new data first: what counts as lost has to wait. */
  hold = false;
  /** Retransmissions of this episode that no duplicate has been told of yet; all of them undo it. */
  resent = 0;
  mayUndo = false;
  /** A tail loss probe is out, up to `probeEnd`; it was a retransmission. */
  probing = false;
  probeEnd = 0;
  probeResent = false;

  /** The flight was taken back: there is nothing to mend. */
  reset(): void {
    this.state = OPEN;
    this.duplicates = 0;
    this.frto = FRTO_OFF;
    this.hold = this.mayUndo = this.probing = false;
  }
}
