/**
 * openwsk: statuses, addresses and errors, used with every other entry.
 * @example
 * import { NT_SUCCESS, ntStatusName, parseSockaddr, SOCKADDR_IN, STATUS_PENDING } from 'openwsk';
 */
export * from '../base/index.ts';
