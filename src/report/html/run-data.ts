import type { ConnectStory } from '../connects.ts';

/** The version of what follows: the page reads its own only. */
export const DATA_VERSION = 1;

/** What a report says of a run as a whole. */
export interface RunHead {
  readonly version: number;
  readonly title: string;
  /** How to have the same again; null where there is no such way. */
  readonly command: string | null;
  readonly seed: number | null;
  /** Names by the machines' numbers. */
  readonly machines: Readonly<Record<number, string>>;
  /** Records that made room for newer ones. */
  readonly dropped: number;
  readonly count: number;
  readonly packets: number;
  /** Every payload is there in full, not only its first bytes. */
  readonly fullBytes: boolean;
  /** The texts that records refer to. */
  readonly names: readonly string[];
  readonly connections: readonly string[];
  readonly connects: readonly ConnectStory[];
}

/** Bytes of payload that a report keeps of each packet unless it is asked for all. */
export const PAYLOAD_BYTES = 64;
