import type { Nanoseconds } from '../time/index.ts';
import { SLOT_BYTES } from './arena.ts';
import { checkFaultRules, type FaultRule } from './fault-rules.ts';
import { requireInteger, requireProbability, wrong } from './validate.ts';

/** One direction of a simulated link. */
export interface LinkSettings {
  /** Time from the last bit sent to delivery, in nanoseconds; 0 unless given. */
  readonly delay?: Nanoseconds;
  /** Up to this much more for each packet, evenly spread: packets may overtake one another. */
  readonly jitter?: Nanoseconds;
  /** Bits per second; unlimited unless given. */
  readonly rate?: number;
  /** Bytes that may wait for the line when there is a rate; further packets are dropped. Unlimited unless given. */
  readonly queueBytes?: number;
  /** The longest IP packet, in bytes, from 68 (RFC 791) to 2,048; 1,500 unless given. */
  readonly mtu?: number;
  /** The probability that a packet is lost, from 0 to 1. */
  readonly loss?: number;
  /** Tried in order for each packet. */
  readonly rules?: readonly FaultRule[];
}

export type CheckedLinkSettings = Required<LinkSettings>;

const DEFAULT_MTU = 1500;
const LEAST_MTU = 68; // RFC 791, section 3.2: every link must carry 68 bytes

/** @throws OpenWskError OWSK_INVALID_SETTING with the name of the field that makes no sense */
export const checkLinkSettings = (settings: LinkSettings): CheckedLinkSettings => {
  for (const name of Object.keys(settings)) {
    if (!known.has(name)) throw wrong(name, 'unknown', `one of ${[...known].join(', ')}`);
  }
  const {
    delay = 0,
    jitter = 0,
    rate = Number.POSITIVE_INFINITY,
    queueBytes = Number.POSITIVE_INFINITY,
    mtu = DEFAULT_MTU,
    loss = 0,
    rules = [],
  } = settings;
  requireInteger('delay', delay, 0, Number.MAX_SAFE_INTEGER, 'nanoseconds');
  requireInteger('jitter', jitter, 0, 4_294_967_295, 'nanoseconds');
  if (!(rate > 0)) throw wrong('rate', rate, 'bits per second above 0');
  if (!(queueBytes >= 0)) throw wrong('queueBytes', queueBytes, 'a number of bytes, 0 or more');
  requireInteger('mtu', mtu, LEAST_MTU, SLOT_BYTES, 'bytes');
  requireProbability('loss', loss);
  checkFaultRules(rules);
  return { delay, jitter, rate, queueBytes, mtu, loss, rules };
};

const known: ReadonlySet<string> = new Set(['delay', 'jitter', 'rate', 'queueBytes', 'mtu', 'loss', 'rules']);
