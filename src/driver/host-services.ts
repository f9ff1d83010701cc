import type { Random } from '../base/index.ts';
import type { CryptoProvider } from './crypto-provider.ts';
import type { RegistryContents } from './registry.ts';

/** Fills the bytes by chance. */
export type RandomBytes = (bytes: Uint8Array) => void;

/** What a driver's functions need that a kernel alone has not. All of it may be left out. */
export interface HostServices {
  /** Hashes and ciphers for BCrypt…: without it they are STATUS_NOT_SUPPORTED. */
  readonly crypto?: CryptoProvider;
  /** For BCryptGenRandom and UUIDs; seeded unless given, which is not for a real network. */
  readonly random?: RandomBytes;
  /** The registry's keys; none unless given. */
  readonly registry?: RegistryContents;
}

/** The bytes of a seeded source: the same in each run. Not for secrets that leave the simulation. */
export const seededBytes =
  (random: Random): RandomBytes =>
  (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
  };
