import type { CipherMode, CryptoProvider, HashName, HashState } from './crypto-provider.ts';

/** Bytes of the digest and of the block that a hash works on (RFC 2104 needs the latter). */
export const HASHES: Readonly<Record<HashName, { readonly digest: number; readonly block: number }>> = {
  md5: { digest: 16, block: 64 },
  sha1: { digest: 20, block: 64 },
  sha256: { digest: 32, block: 64 },
  sha384: { digest: 48, block: 128 },
  sha512: { digest: 64, block: 128 },
};

/** A hash, or with a key HMAC (RFC 2104), that can be copied and begun anew. */
export class HashObject {
  readonly name: HashName;
  private readonly provider: CryptoProvider;
  private readonly key: Uint8Array | null;
  private inner: HashState;

  constructor(provider: CryptoProvider, name: HashName, key: Uint8Array | null, from: HashState | null = null) {
    this.provider = provider;
    this.name = name;
    this.key = key;
    this.inner = from ?? this.begin(0x36);
  }

  update(bytes: Uint8Array): void {
    this.inner.update(bytes);
  }
  /** The result; then it begins anew with the same key. */
  finish(): Uint8Array {
    let digest = this.inner.digest();
    if (this.key !== null) {
      const outer = this.begin(0x5c);
      outer.update(digest);
      digest = outer.digest();
    }
    this.inner = this.begin(0x36);
    return digest;
  }
  copy(): HashObject {
    return new HashObject(this.provider, this.name, this.key, this.inner.copy());
  }

  private begin(pad: number): HashState {
    const state = this.provider.createHash(this.name);
    if (this.key !== null) state.update(this.padded(this.key, pad));
    return state;
  }
  private padded(key: Uint8Array, pad: number): Uint8Array {
    const { block } = HASHES[this.name];
    const block0 = new Uint8Array(block).fill(pad);
    let short = key;
    if (key.length > block) {
      const state = this.provider.createHash(this.name);
      state.update(key);
      short = state.digest();
    }
    for (let i = 0; i < short.length; i++) block0[i] ^= short[i];
    return block0;
  }
}

/** What BCryptOpenAlgorithmProvider opens. */
export class Algorithm {
  readonly kind: 'hash' | 'aes' | 'rng';
  readonly hash: HashName | null;
  readonly isHmac: boolean;
  mode: CipherMode;

  constructor(kind: 'hash' | 'aes' | 'rng', hash: HashName | null, isHmac: boolean, mode: CipherMode = 'cbc') {
    this.kind = kind;
    this.hash = hash;
    this.isHmac = isHmac;
    this.mode = mode;
  }
}

export class SymmetricKey {
  readonly bytes: Uint8Array;
  mode: CipherMode;

  constructor(bytes: Uint8Array, mode: CipherMode) {
    this.bytes = bytes;
    this.mode = mode;
  }
}

/** By the names of bcrypt.h. @returns null for an algorithm that is not here */
export const algorithmNamed = (name: string, isHmac: boolean): Algorithm | null => {
  const hash = name.toLowerCase();
  if (hash in HASHES) return new Algorithm('hash', hash as HashName, isHmac);
  if (name === 'AES') return new Algorithm('aes', null, false);
  return name === 'RNG' ? new Algorithm('rng', null, false) : null;
};

/** BCRYPT_…_ALG_HANDLE: algorithms that need not be opened. */
export const pseudoHandles: ReadonlyMap<number, Algorithm> = new Map([
  [0x21, new Algorithm('hash', 'md5', false)],
  [0x31, new Algorithm('hash', 'sha1', false)],
  [0x41, new Algorithm('hash', 'sha256', false)],
  [0x51, new Algorithm('hash', 'sha384', false)],
  [0x61, new Algorithm('hash', 'sha512', false)],
  [0x81, new Algorithm('rng', null, false)],
  [0x91, new Algorithm('hash', 'md5', true)],
  [0xa1, new Algorithm('hash', 'sha1', true)],
  [0xb1, new Algorithm('hash', 'sha256', true)],
  [0xc1, new Algorithm('hash', 'sha384', true)],
  [0xd1, new Algorithm('hash', 'sha512', true)],
  [0x1a1, new Algorithm('aes', null, false, 'cbc')],
  [0x1b1, new Algorithm('aes', null, false, 'ecb')],
  [0x1e1, new Algorithm('aes', null, false, 'gcm')],
]);
