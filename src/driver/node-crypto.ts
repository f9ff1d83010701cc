import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createHash,
  type Hash,
  randomFillSync,
} from 'node:crypto';
import type { CipherRequest, CipherResult, CryptoProvider, HashState } from './crypto-provider.ts';
import type { RandomBytes } from './host-services.ts';

const stateOf = (hash: Hash): HashState => ({
  update: (bytes) => void hash.update(bytes),
  digest: () => hash.digest(),
  copy: () => stateOf(hash.copy()),
});

const gcm = ({ encrypt, key, iv, input, additional, tag }: CipherRequest): CipherResult | null => {
  const name = `aes-${key.length * 8}-gcm` as CipherGCMTypes;
  const authTagLength = tag?.length ?? 16;
  const none = new Uint8Array();
  if (encrypt) {
    const cipher = createCipheriv(name, key, iv, { authTagLength });
    cipher.setAAD(additional ?? none);
    const output = Buffer.concat([cipher.update(input), cipher.final()]);
    return { output, tag: cipher.getAuthTag() };
  }
  const decipher = createDecipheriv(name, key, iv, { authTagLength });
  decipher.setAAD(additional ?? none);
  decipher.setAuthTag(tag ?? none);
  const output = decipher.update(input);
  try {
    return { output: Buffer.concat([output, decipher.final()]), tag: none };
  } catch {
    return null;
  }
};

/** Cryptography by node:crypto. */
export const nodeCrypto: CryptoProvider = {
  createHash: (name) => stateOf(createHash(name)),
  cipher: (request) => {
    if (request.mode === 'gcm') return gcm(request);
    const { encrypt, key, iv, input, mode } = request;
    // BCRYPT_CHAIN_MODE_CFB has segments of 8 bits unless told otherwise.
    const name = `aes-${key.length * 8}-${mode === 'cfb' ? 'cfb8' : mode}`;
    const cipher = (encrypt ? createCipheriv : createDecipheriv)(name, key, mode === 'ecb' ? null : iv);
    cipher.setAutoPadding(false);
    return { output: Buffer.concat([cipher.update(input), cipher.final()]), tag: new Uint8Array() };
  },
};

/** Bytes that nobody can foresee, for drivers on a real network. */
export const cryptographicBytes: RandomBytes = (bytes) => void randomFillSync(bytes);
