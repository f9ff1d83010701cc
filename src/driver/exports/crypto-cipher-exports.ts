import {
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import { Algorithm, HASHES, HashObject, SymmetricKey } from '../crypto.ts';
import type { CipherMode } from '../crypto-provider.ts';
import type { Guest } from '../guest.ts';
import { STATUS_AUTH_TAG_MISMATCH } from '../statuses.ts';
import { behind, closeHandle, given, openHandle } from './crypto-hash-exports.ts';
import type { ExportTable } from './export-table.ts';

const BLOCK = 16;
const BCRYPT_BLOCK_PADDING = 1;
/** Bytes that a driver sets aside for a key or a hash, which are kept here: any number does. */
const OBJECT_LENGTH = 64;
const MODES: Readonly<Record<string, CipherMode>> = {
  ChainingModeCBC: 'cbc',
  ChainingModeECB: 'ecb',
  ChainingModeCFB: 'cfb',
  ChainingModeGCM: 'gcm',
};
/** BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO. */
const Auth = { Nonce: 8, NonceLength: 12, Data: 16, DataLength: 20, Tag: 24, TagLength: 28 } as const;
/** BCRYPT_KEY_DATA_BLOB_HEADER. */
const Blob = { magic: 0x4d42444b, KeyLength: 8, size: 12 } as const;

const newKey = (guest: Guest, algorithm: number, result: number, secret: number, length: number): number => {
  const found = behind(guest, algorithm, Algorithm);
  if (found?.kind !== 'aes') return STATUS_INVALID_HANDLE;
  if (guest.executive.services.crypto === undefined) return STATUS_NOT_SUPPORTED;
  if (length !== 16 && length !== 24 && length !== 32) return STATUS_INVALID_PARAMETER;
  return openHandle(guest, result, new SymmetricKey(given(guest, secret, length), found.mode));
};

/** A property that is one ULONG; null for one that the object has not. */
const propertyOf = (object: object | null, name: string): number | null => {
  if (name === 'ObjectLength') return OBJECT_LENGTH;
  if (object instanceof HashObject || (object instanceof Algorithm && object.hash !== null)) {
    const { digest, block } = HASHES[object instanceof HashObject ? object.name : object.hash!];
    return name === 'HashDigestLength' ? digest : name === 'HashBlockLength' ? block : null;
  }
  return name === 'BlockLength' ? BLOCK : null;
};

const getProperty = (guest: Guest, Handle: number, Name: number, Output: number, Room: number, Length: number) => {
  const { memory } = guest;
  const object = behind<object>(guest, Handle, Object as never);
  if (object === null) return STATUS_INVALID_HANDLE;
  const value = propertyOf(object, memory.wideString(Name >>> 0));
  if (value === null) return STATUS_NOT_SUPPORTED;
  memory.write32(Length >>> 0, 4);
  if (Output === 0) return STATUS_SUCCESS;
  if (Room >>> 0 < 4) return STATUS_BUFFER_TOO_SMALL;
  memory.write32(Output >>> 0, value);
  return STATUS_SUCCESS;
};

const setProperty = (guest: Guest, Handle: number, Name: number, Input: number): number => {
  const object = behind<object>(guest, Handle, Object as never);
  if (!(object instanceof Algorithm || object instanceof SymmetricKey)) return STATUS_INVALID_HANDLE;
  const mode = MODES[guest.memory.wideString(Input >>> 0)];
  if (guest.memory.wideString(Name >>> 0) !== 'ChainingMode' || mode === undefined) return STATUS_NOT_SUPPORTED;
  object.mode = mode;
  return STATUS_SUCCESS;
};

const padded = (input: Uint8Array): Uint8Array => {
  const count = BLOCK - (input.length % BLOCK);
  const bytes = new Uint8Array(input.length + count).fill(count);
  bytes.set(input);
  return bytes;
};

const crypt =
  (encrypt: boolean) =>
  (guest: Guest, Handle: number, ...parameters: number[]): number => {
    const [Input, Length, Info, Iv, IvLength, Output, Room, Result, Flags] = parameters;
    const { memory, executive } = guest;
    const key = behind(guest, Handle, SymmetricKey);
    if (key === null) return STATUS_INVALID_HANDLE;
    const pads = (Flags & BCRYPT_BLOCK_PADDING) !== 0 && (key.mode === 'cbc' || key.mode === 'ecb');
    let input = given(guest, Input, Length);
    if (pads && encrypt) input = padded(input);
    if ((key.mode === 'cbc' || key.mode === 'ecb') && input.length % BLOCK !== 0) return STATUS_INVALID_PARAMETER;
    memory.write32(Result >>> 0, input.length);
    if (Output === 0) return STATUS_SUCCESS;
    if (Room >>> 0 < input.length && !(pads && !encrypt)) return STATUS_BUFFER_TOO_SMALL;
    if (key.mode === 'gcm') return authenticated(guest, key, encrypt, input, Info >>> 0, Output >>> 0);
    if (key.mode !== 'ecb' && IvLength !== BLOCK) return STATUS_INVALID_PARAMETER;
    const iv = key.mode === 'ecb' ? new Uint8Array() : given(guest, Iv, IvLength);
    const { output } = executive.services.crypto!.cipher({ mode: key.mode, encrypt, key: key.bytes, iv, input })!;
    // The next call goes on where this one ends: with the last block of ciphertext.
    if (key.mode === 'cbc' && input.length > 0) memory.bytes(Iv, BLOCK).set((encrypt ? output : input).slice(-BLOCK));
    const count = pads && !encrypt ? output.length - (output.at(-1) ?? 0) : output.length;
    if (count < 0 || count > Room >>> 0) return count < 0 ? STATUS_INVALID_PARAMETER : STATUS_BUFFER_TOO_SMALL;
    memory.bytes(Output >>> 0, count).set(output.subarray(0, count));
    memory.write32(Result >>> 0, count);
    return STATUS_SUCCESS;
  };

const authenticated = (
  guest: Guest,
  key: SymmetricKey,
  encrypt: boolean,
  input: Uint8Array,
  info: number,
  at: number,
): number => {
  const { memory } = guest;
  if (info === 0) return STATUS_INVALID_PARAMETER;
  const field = (pointer: number, length: number): Uint8Array =>
    given(guest, memory.readU32(info + pointer), memory.readU32(info + length));
  const tag = field(Auth.Tag, Auth.TagLength);
  const iv = field(Auth.Nonce, Auth.NonceLength);
  if (iv.length !== 12 || tag.length < 12 || tag.length > 16) return STATUS_INVALID_PARAMETER;
  const additional = field(Auth.Data, Auth.DataLength);
  const { crypto } = guest.executive.services;
  const done = crypto!.cipher({ mode: 'gcm', encrypt, key: key.bytes, iv, input, additional, tag });
  if (done === null) return STATUS_AUTH_TAG_MISMATCH;
  memory.bytes(at, done.output.length).set(done.output);
  if (encrypt) memory.bytes(memory.readU32(info + Auth.Tag), tag.length).set(done.tag);
  return STATUS_SUCCESS;
};

/** Source: bcrypt.h reference, the functions of these names. Keys of AES only. */
export const cryptoCipherExports: ExportTable = {
  plain: {
    BCryptGetProperty: getProperty,
    BCryptSetProperty: setProperty,
    BCryptGenerateSymmetricKey: (
      guest: Guest,
      Handle: number,
      Result: number,
      _O: number,
      _L: number,
      S: number,
      C: number,
    ) => newKey(guest, Handle, Result, S, C),
    BCryptImportKey: (
      guest: Guest,
      Handle: number,
      _Import: number,
      Type: number,
      Result: number,
      ...rest: number[]
    ) => {
      const [, , Input, Length] = rest;
      const { memory } = guest;
      if (memory.wideString(Type >>> 0) !== 'KeyDataBlob') return STATUS_NOT_SUPPORTED;
      if (Length < Blob.size || memory.readU32(Input) !== Blob.magic) return STATUS_INVALID_PARAMETER;
      const length = memory.readU32((Input >>> 0) + Blob.KeyLength);
      if (length > Length - Blob.size) return STATUS_INVALID_PARAMETER;
      return newKey(guest, Handle, Result, (Input >>> 0) + Blob.size, length);
    },
    BCryptDestroyKey: closeHandle,
    BCryptEncrypt: crypt(true),
    BCryptDecrypt: crypt(false),
  },
  waiting: {},
};
