import { sockaddrSize } from '../../base/index.ts';
import type { SOCKET_ADDRESS_LIST } from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import { SOCKET_ADDRESS as Entry, SOCKET_ADDRESS_LIST as List } from '../layout.ts';
import { writeSockaddr } from './arguments.ts';

/** Writes the answer of SIO_ADDRESS_LIST_QUERY: the addresses themselves lie behind the list that points to them. */
export const writeAddressList = (guest: Guest, address: number, { Address }: SOCKET_ADDRESS_LIST): void => {
  const { memory } = guest;
  memory.write32(address + List.iAddressCount, Address.length);
  let at = address + List.Address + Address.length * Entry.size;
  for (const [i, sockaddr] of Address.entries()) {
    const entry = address + List.Address + i * Entry.size;
    const length = sockaddrSize(sockaddr.sa_family);
    memory.write32(entry + Entry.lpSockaddr, at);
    memory.write32(entry + Entry.iSockaddrLength, length);
    writeSockaddr(guest, at, sockaddr);
    at += length;
  }
};
