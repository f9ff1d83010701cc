import { lookup, reverse } from 'node:dns';
import {
  type ADDRESS_FAMILY,
  AF_INET,
  AF_INET6,
  formatSockaddr,
  type SOCKADDR,
  sockaddrFromHost,
} from '../../base/index.ts';
import type { NameResolver } from '../../wsk/transport.ts';

/** Names as the operating system resolves them. */
export const nodeNames: NameResolver = {
  addressesOf: (name, family, done) => {
    lookup(name, { all: true, family: nodeFamily(family) }, (error, found) =>
      done(
        error !== null
          ? []
          : found.flatMap(({ address }): SOCKADDR[] => {
              const parsed = sockaddrFromHost(address, 0);
              return parsed === null ? [] : [parsed];
            }),
      ),
    );
  },
  nameOf: (address, done) => {
    const text = formatSockaddr(address)
      .replace(/:\d+$/, '')
      .replace(/^\[|\]$/g, '');
    reverse(text, (error, names) => done(error !== null ? null : (names[0] ?? null)));
  },
};

const nodeFamily = (family: ADDRESS_FAMILY): 0 | 4 | 6 => (family === AF_INET ? 4 : family === AF_INET6 ? 6 : 0);
