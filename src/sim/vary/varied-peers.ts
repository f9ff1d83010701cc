import type { PeerService } from '../peers/index.ts';
import type { Choices } from './choices.ts';
import type { PeerManners } from './peer-manners.ts';
import { troubles } from './troubled-peers.ts';

const PIECES = [1, 7, 100];

/** Peers that behave as a seed says. */
export const variedPeers = (choices: Choices): PeerManners => ({
  kindOf: ({ kind, port }) => {
    if (kind !== 'echo' && kind !== 'discard' && kind !== 'http') return kind;
    const kinds = [kind, 'refuse', 'silent'] as const;
    return kinds[choices.pick('service', kinds.length, 0.3, (way) => `port ${port} ${what[way]}`)];
  },
  fastOpenAt: ({ port }) => !choices.chance('fastOpen', 0.4, `Fast Open is off at port ${port}`),
  keysChange: () => choices.chance('fastOpen', 0.3, "the peer's Fast Open keys change: cookies are worth nothing"),
  serve: (service) => (endpoint, executor) => serviceFor(choices, service)(endpoint, executor),
  clients: () => 1 + choices.pick('clients', 4, 0.5, (more) => `${more} ${more === 1 ? 'client' : 'clients'} more`),
  clientLeaves: () => choices.pick('clients', 3, 0.3, (way) => `a client ${way === 1 ? 'resets' : 'ends'} at once`),
});

const what = ['', 'refuses connections', 'answers nothing'];

const serviceFor = (choices: Choices, service: PeerService): PeerService => {
  const trouble = choices.pick('manners', troubles.length + 1, 0.5, (way) => `the peer ${troubles[way - 1].what}`);
  if (trouble > 0) return troubles[trouble - 1].serve;
  const pieces = choices.pick(
    'pieces',
    PIECES.length + 1,
    0.6,
    (way) => `the peer sends ${PIECES[way - 1]} bytes each`,
  );
  if (pieces === 0) return service;
  return (endpoint, executor) => {
    const peer = service(endpoint, executor);
    peer.speakIn(PIECES[pieces - 1]);
    return peer;
  };
};
