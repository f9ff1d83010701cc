import {
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import { Algorithm, algorithmNamed, HASHES, HashObject, pseudoHandles } from '../crypto.ts';
import type { Guest } from '../guest.ts';
import { STATUS_NOT_FOUND } from '../statuses.ts';
import type { ExportTable } from './export-table.ts';

const BCRYPT_ALG_HANDLE_HMAC_FLAG = 0x08;
const BCRYPT_USE_SYSTEM_PREFERRED_RNG = 0x02;

/** What lies behind a handle of one of the kinds here; null for others. */
export const behind = <T>(guest: Guest, handle: number, type: new (...parameters: never[]) => T): T | null => {
  const object = pseudoHandles.get(handle >>> 0) ?? guest.executive.cryptoHandles.find(handle);
  return object instanceof type ? object : null;
};

export const openHandle = (guest: Guest, result: number, object: object): number =>
  guest.executive.cryptoHandles.give(guest.memory, result, object);

export const closeHandle = (guest: Guest, handle: number): number => {
  if (pseudoHandles.has(handle >>> 0)) return STATUS_INVALID_HANDLE;
  return guest.executive.cryptoHandles.close(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
};

/** A copy of what the driver gives. */
export const given = (guest: Guest, address: number, length: number): Uint8Array =>
  length === 0 ? new Uint8Array() : guest.memory.bytes(address >>> 0, length >>> 0).slice();

const open = (guest: Guest, Result: number, Id: number, _Implementation: number, Flags: number): number => {
  guest.memory.check(Result >>> 0, 4, true, 'BCryptOpenAlgorithmProvider');
  const isHmac = (Flags & BCRYPT_ALG_HANDLE_HMAC_FLAG) !== 0;
  const algorithm = algorithmNamed(guest.memory.wideString(Id >>> 0), isHmac);
  if (algorithm === null) return STATUS_NOT_FOUND;
  if (algorithm.kind !== 'rng' && guest.executive.services.crypto === undefined) return STATUS_NOT_SUPPORTED;
  return openHandle(guest, Result, algorithm);
};

/** A hash object for an algorithm; a status when there is none. */
const newHash = (guest: Guest, handle: number, secret: number, length: number): HashObject | number => {
  const { crypto } = guest.executive.services;
  if (crypto === undefined) return STATUS_NOT_SUPPORTED;
  const algorithm = behind(guest, handle, Algorithm);
  if (algorithm?.hash == null) return STATUS_INVALID_HANDLE;
  return new HashObject(crypto, algorithm.hash, algorithm.isHmac ? given(guest, secret, length) : null);
};

const createHash = (guest: Guest, Handle: number, Result: number, ...rest: number[]): number => {
  const [, , secret, length] = rest;
  const hash = newHash(guest, Handle, secret, length);
  return typeof hash === 'number' ? hash : openHandle(guest, Result, hash);
};

const finish = (guest: Guest, hash: HashObject, output: number, length: number): number => {
  if (length >>> 0 !== HASHES[hash.name].digest) return STATUS_INVALID_PARAMETER;
  guest.memory.check(output >>> 0, length, true, 'BCryptFinishHash');
  guest.memory.raw(output >>> 0, length).set(hash.finish());
  return STATUS_SUCCESS;
};

const genRandom = (guest: Guest, Handle: number, Buffer: number, Length: number, Flags: number): number => {
  const preferred = (Flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) !== 0 && Handle === 0;
  if (!preferred && behind(guest, Handle, Algorithm)?.kind !== 'rng') return STATUS_INVALID_HANDLE;
  guest.memory.check(Buffer >>> 0, Length >>> 0, true, 'BCryptGenRandom');
  guest.memory.raw(Buffer >>> 0, Length >>> 0).set(guest.executive.randomBytes(Length >>> 0));
  return STATUS_SUCCESS;
};

/** Source: bcrypt.h reference, the functions of these names. */
export const cryptoHashExports: ExportTable = {
  plain: {
    BCryptOpenAlgorithmProvider: open,
    BCryptCloseAlgorithmProvider: closeHandle,
    BCryptGenRandom: genRandom,
    BCryptCreateHash: createHash,
    BCryptHashData: (guest: Guest, Handle: number, Input: number, Length: number) => {
      const hash = behind(guest, Handle, HashObject);
      if (hash === null) return STATUS_INVALID_HANDLE;
      hash.update(given(guest, Input, Length));
      return STATUS_SUCCESS;
    },
    BCryptFinishHash: (guest: Guest, Handle: number, Output: number, Length: number) => {
      const hash = behind(guest, Handle, HashObject);
      return hash === null ? STATUS_INVALID_HANDLE : finish(guest, hash, Output, Length);
    },
    BCryptDuplicateHash: (guest: Guest, Handle: number, Result: number) => {
      const hash = behind(guest, Handle, HashObject);
      return hash === null ? STATUS_INVALID_HANDLE : openHandle(guest, Result, hash.copy());
    },
    BCryptDestroyHash: closeHandle,
    BCryptHash: (
      guest: Guest,
      Handle: number,
      Secret: number,
      SecretLength: number,
      Input: number,
      InputLength: number,
      Output: number,
      OutputLength: number,
    ) => {
      const hash = newHash(guest, Handle, Secret, SecretLength);
      if (typeof hash === 'number') return hash;
      hash.update(given(guest, Input, InputLength));
      return finish(guest, hash, Output, OutputLength);
    },
  },
  waiting: {},
};
