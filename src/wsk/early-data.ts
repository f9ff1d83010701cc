import { OpenWskError } from '../base/index.ts';
import type { SocketObject } from './socket.ts';
import type { WSK_SOCKET } from './structures.ts';
import type { EarlyData } from './transport.ts';

/**
 * Ours, since Windows offers no way to see it: how many bytes of WskConnectEx's Buffer rode in the SYN and whether the
 * peer took them. Meaningful on a connected socket.
 */
export const earlyDataOf = (Socket: WSK_SOCKET): EarlyData => {
  const { endpoint } = Socket as SocketObject;
  if (endpoint === null || endpoint === undefined) {
    throw new OpenWskError('OWSK_NOT_CONNECTED', 'earlyDataOf needs a connected socket', 'Socket');
  }
  return endpoint.earlyData;
};
