export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
export type CipherMode = 'ecb' | 'cbc' | 'cfb' | 'gcm';

/** A hash of what was given to it so far. */
export interface HashState {
  update(bytes: Uint8Array): void;
  /** The end: nothing may follow. */
  digest(): Uint8Array;
  copy(): HashState;
}

/** One use of AES. */
export interface CipherRequest {
  readonly mode: CipherMode;
  readonly encrypt: boolean;
  /** 16, 24 or 32 bytes. */
  readonly key: Uint8Array;
  /** 16 bytes; for GCM the nonce, for ECB none. */
  readonly iv: Uint8Array;
  /** Whole blocks, except for GCM and CFB. */
  readonly input: Uint8Array;
  /** GCM only: what is authenticated beside the input, and the tag (its length, when encrypting). */
  readonly additional?: Uint8Array;
  readonly tag?: Uint8Array;
}

export interface CipherResult {
  readonly output: Uint8Array;
  /** GCM, encrypting: the tag. */
  readonly tag: Uint8Array;
}

/** Cryptography, which the platform has and the core has not: handed in by an edge. */
export interface CryptoProvider {
  createHash(name: HashName): HashState;
  /** AES. @returns null when decrypting finds that the tag does not fit */
  cipher(request: CipherRequest): CipherResult | null;
}
