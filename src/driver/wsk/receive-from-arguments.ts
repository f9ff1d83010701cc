import { type SockaddrOut, sockaddrSize } from '../../base/index.ts';
import type { Ref } from '../../kernel/index.ts';
import type { WSK_SOCKET } from '../../wsk/index.ts';
import type { SocketObject } from '../../wsk/socket.ts';
import type { Guest } from '../guest.ts';
import { lendOutput, refAt, sockaddrOut } from './arguments.ts';

/** Bytes of a ULONG. */
const ULONG = 4;

/** Where a WskReceiveFrom writes what comes with the bytes, null for NULL. */
interface ReceivedWith {
  readonly remote: SockaddrOut | null;
  readonly length: Ref<number> | null;
  readonly info: Uint8Array | null;
  readonly flags: Ref<number> | null;
}

/**
 * Reads the last pointers of WskReceiveFrom. All of them have to point to memory that the driver may write, of the size
 * that it says, and are lent until the IRP completes (R22, R33).
 */
export const receivedWith = (
  guest: Guest,
  socket: WSK_SOCKET,
  RemoteAddress: number,
  ControlLength: number,
  ControlInfo: number,
  ControlFlags: number,
): ReceivedWith => {
  const lend = (pointer: number, size: number, what: string): number => {
    const address = pointer >>> 0;
    if (address === 0) return 0;
    guest.memory.check(address, size, true);
    lendOutput(guest, address, size, what);
    return address;
  };
  const addressSize = sockaddrSize((socket as SocketObject).family);
  const remote = sockaddrOut(guest, lend(RemoteAddress, addressSize, 'RemoteAddress'));
  const flags = refAt(guest, lend(ControlFlags, ULONG, 'ControlFlags'));
  const length = refAt(guest, lend(ControlLength, ULONG, 'ControlLength'));
  // Without a length the pointer to the control information is ignored.
  const infoAt = length === null ? 0 : lend(ControlInfo, length.value, 'ControlInfo');
  const info = infoAt === 0 ? null : guest.memory.bytes(infoAt, length!.value);
  return { remote, length, info, flags };
};
