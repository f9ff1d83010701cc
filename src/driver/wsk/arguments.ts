import {
  AF_INET6,
  type SOCKADDR,
  SOCKADDR_IN,
  type SockaddrOut,
  sockaddrFromBytes,
  sockaddrSize,
  sockaddrToBytes,
} from '../../base/index.ts';
import { BugCheckCode, type IRP, type Ref } from '../../kernel/index.ts';
import type { InputBuffer, WSK_BUF, WSK_BUF_LIST } from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import { GuestMdl } from '../guest-mdl.ts';
import {
  WSK_BUF as Buf,
  WSK_BUF_LIST as BufList,
  WSK_EVENT_CALLBACK_CONTROL as Control,
  MDL as Mdl,
} from '../layout.ts';
import type { Piece } from '../lent-memory.ts';
import { blockHistory } from '../memory-error.ts';

/** Of a chain of MDLs beyond which nothing is watched any more. */
const MOST_PIECES = 256;
/** Elements of a WSK_BUF_LIST. */
const MOST_MESSAGES = 65_536;

/** The IRP of a call; null for NULL, with which nothing is lent to WSK. */
export const irpAt = (guest: Guest, address: number, call: string): IRP | null => {
  if (address === 0) guest.lending = [];
  return guest.irps.orNull(address >>> 0, call);
};

/** Reads the SOCKADDR behind a pointer. One of another family gives the wildcard of none: the call refuses it. */
export const sockaddrAt = (guest: Guest, address: number): SOCKADDR => {
  const family = guest.memory.read16(address);
  const bytes = guest.memory.bytes(address, sockaddrSize(family));
  return sockaddrFromBytes(bytes) ?? otherFamily(family);
};

const otherFamily = (family: number): SOCKADDR => {
  const address = new SOCKADDR_IN();
  return Object.defineProperty(address, 'sa_family', { value: family });
};

/** Where a call writes an address; null for NULL. */
export const sockaddrOut = (guest: Guest, address: number): SockaddrOut | null =>
  address === 0 ? null : { assign: (from) => writeSockaddr(guest, address, from) };

export const writeSockaddr = (guest: Guest, address: number, from: SOCKADDR): void => {
  guest.memory.check(address, sockaddrSize(from.sa_family), true);
  sockaddrToBytes(from, guest.memory.all, address);
};

/** Room for any SOCKADDR that WSK hands to a callback. */
export const SOCKADDR_ROOM = sockaddrSize(AF_INET6);

/** Reads a WSK_BUF, which is of use during the call only. */
export const wskBufAt = (guest: Guest, address: number): WSK_BUF => {
  const { memory } = guest;
  return {
    Mdl: GuestMdl.at(memory, memory.readU32(address + Buf.Mdl)),
    Offset: memory.readU32(address + Buf.Offset),
    Length: memory.readU32(address + Buf.Length),
  };
};

/** The same for a call that goes on using the MDLs and the data until its IRP completes (R22, R33). */
export const lentBufAt = (guest: Guest, address: number): WSK_BUF => {
  const buffer = wskBufAt(guest, address);
  guest.lending = piecesOf(buffer);
  return buffer;
};

/** The MDLs and the data of a WSK_BUF. */
const piecesOf = ({ Mdl: first, Offset, Length }: WSK_BUF): Piece[] => {
  const pieces: Piece[] = [];
  let left = Length + Offset;
  for (let mdl = first as GuestMdl | null; mdl !== null && left > 0 && pieces.length < MOST_PIECES; mdl = mdl.Next) {
    const size = mdl.ByteCount;
    pieces.push({ address: mdl.address, size: Mdl.size, what: 'the MDL' });
    pieces.push({ address: mdl.base, size: Math.min(size, left), what: 'the data' });
    left -= size;
  }
  return pieces;
};

/** Reads a WSK_BUF_LIST as `lentBufAt` reads a WSK_BUF: its elements are of use during the call only (decision 20). */
export const lentBufListAt = (guest: Guest, address: number): WSK_BUF_LIST => {
  const { memory, kernel } = guest;
  const buffers: WSK_BUF[] = [];
  guest.lending = [];
  for (let at = address; at !== 0 || buffers.length === 0; at = memory.readU32(at + BufList.Next)) {
    const buffer = wskBufAt(guest, at + BufList.Buffer);
    buffers.push(buffer);
    guest.lending.push(...piecesOf(buffer));
    if (buffers.length <= MOST_MESSAGES) continue;
    const message = `a WSK_BUF_LIST of more than ${MOST_MESSAGES} elements: it bites its own tail`;
    kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, address, null, message);
  }
  return buffers.reduceRight<WSK_BUF_LIST | null>((Next, Buffer) => ({ Next, Buffer }), null)!;
};

/** Addresses that a call writes when its IRP completes; 0 for NULL. */
export const lendSockaddrs = (guest: Guest, first: number, second = 0): void => {
  guest.lending = [];
  if (first !== 0) lendOutput(guest, first >>> 0, 16, 'the address');
  if (second !== 0) lendOutput(guest, second >>> 0, 16, 'the address');
};

/** Memory that a call writes when its IRP completes, at DISPATCH_LEVEL: it stays (R22, R33) and is not paged (R15). */
export const lendOutput = (guest: Guest, address: number, size: number, what: string): void => {
  const { kernel, memory, pool, lending } = guest;
  lending.push({ address, size, what });
  const block = pool.pagedAt(address);
  if (block === null) return;
  const message = `${memory.call} writes ${what} to paged pool '${block.tag}' when it completes, at DISPATCH_LEVEL: it may be paged out`;
  kernel.report('error', 'R15', message, { details: blockHistory(guest, block) });
};

/** Where a call writes a SIZE_T or a pointer. */
export const refAt = (guest: Guest, address: number): Ref<number> | null =>
  address === 0
    ? null
    : {
        get value() {
          return guest.memory.readU32(address);
        },
        set value(value: number) {
          guest.memory.write32(address, value);
        },
      };

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** A GUID as text, as NPI ids are compared: 2227e803-8d8b-11d4-abad-009027719e09. */
export const guidText = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const tail = [...bytes.subarray(8, 16)].map((byte) => hex(byte, 2)).join('');
  const head = [hex(view.getUint32(0, true), 8), hex(view.getUint16(4, true), 4), hex(view.getUint16(6, true), 4)];
  return [...head, tail.slice(0, 4), tail.slice(4)].join('-');
};

/** WSK_EVENT_CALLBACK_CONTROL behind a pointer. */
export const eventControlAt = (guest: Guest, address: number): InputBuffer => {
  const { memory } = guest;
  const id = memory.readU32(address + Control.NpiId);
  return { NpiId: guidText(memory.bytes(id, 16)), EventMask: memory.readU32(address + Control.EventMask) };
};

/** A buffer of a call; null for NULL. */
export const bufferAt = (guest: Guest, address: number, size: number): Uint8Array | null =>
  address === 0 ? null : guest.memory.bytes(address, size);
