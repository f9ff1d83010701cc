import type { PeerKind, PeerSpec } from '../peer-kinds.ts';
import type { PeerService } from '../peers/index.ts';

/** How peers behave where TCP leaves them a choice. A sweep decides it by seed. */
export interface PeerManners {
  /** What a peer that was asked for is to be. */
  kindOf(spec: PeerSpec): PeerKind;
  /** Whether a listening peer takes part in Fast Open. */
  fastOpenAt(spec: PeerSpec): boolean;
  /** Whether the peer's Fast Open keys change before its next connection, so that no cookie is valid. */
  keysChange(): boolean;
  /** What is done with each connection of a service. */
  serve(service: PeerService): PeerService;
  /** How many of a client come, 1 at least. */
  clients(): number;
  /** 0: a client stays for its answer; 1: it resets once it is connected; 2: it ends its side and goes. */
  clientLeaves(): number;
}

/** Peers that do what is expected of them. */
export const polite: PeerManners = {
  kindOf: ({ kind }) => kind,
  fastOpenAt: () => true,
  keysChange: () => false,
  serve: (service) => service,
  clients: () => 1,
  clientLeaves: () => 0,
};
