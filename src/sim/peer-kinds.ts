import { AF_INET, AF_INET6, OpenWskError, type SOCKADDR, sockaddrFromHost } from '../base/index.ts';
import {
  ClientPeer,
  DatagramClient,
  DatagramPeer,
  type DatagramService,
  discard,
  discardDatagram,
  echo,
  echoDatagram,
  http,
  type PeerClient,
  PeerListener,
  type PeerService,
} from './peers/index.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import type { PeerManners } from './vary/peer-manners.ts';

export type PeerKind = 'echo' | 'discard' | 'http' | 'refuse' | 'silent' | 'client' | 'udp-client';

/** A peer as it is asked for: `echo`, `http@:8080`, `echo@127.0.0.1:9095`, `client@7`, `udp-client@7`. */
export interface PeerSpec {
  readonly kind: PeerKind;
  /** The service's address, or null for the peer machine's own. */
  readonly host: string | null;
  readonly port: number;
}

const defaultPorts: Record<PeerKind, number> = {
  echo: 7,
  discard: 9,
  http: 80,
  refuse: 7,
  silent: 7,
  client: 7,
  'udp-client': 7,
};
const isClient = (kind: PeerKind): boolean => kind === 'client' || kind === 'udp-client';
const services: Partial<Record<PeerKind, PeerService>> = { echo, discard, http };
/** The same over UDP. */
const datagramServices: Partial<Record<PeerKind, DatagramService>> = { echo: echoDatagram, discard: discardDatagram };

/** @throws OpenWskError OWSK_INVALID_SETTING, field `peer` */
export const parsePeer = (text: string): PeerSpec => {
  const match = /^([a-z-]+)(?:@(?:\[([^\]]+)\]:|([^:@\s]*):)?(\d{1,5})|@([^:@\s]+))?$/.exec(text);
  const kind = match?.[1] as PeerKind;
  if (match === null || !(kind in defaultPorts)) throw wrong(text);
  const port = match[4] === undefined ? defaultPorts[kind] : Number(match[4]);
  const host = match[2] ?? match[3] ?? match[5] ?? '';
  if (port < 1 || port > 65_535) throw wrong(text);
  if (isClient(kind) && host !== '') throw wrong(text);
  return { kind, host: host === '' ? null : host, port };
};

const wrong = (text: string): OpenWskError =>
  new OpenWskError(
    'OWSK_INVALID_SETTING',
    `"${text}" is not a peer; write echo, discard, http, refuse or silent, with @PORT, @HOST:PORT or nothing behind it, or client@PORT or udp-client@PORT`,
    'peer',
  );

/** Whether the service belongs on the driver's own machine. */
export const isLocalPeer = ({ host }: PeerSpec): boolean =>
  host !== null && (host.startsWith('127.') || host === '::1');

/** An address that the peer machine must have for this peer, or null: none, a name, or one of the driver's own. */
export const peerAddress = (spec: PeerSpec): SOCKADDR | null =>
  spec.host === null || isLocalPeer(spec) ? null : sockaddrFromHost(spec.host, 0);

/** The name that this peer gives to the peer machine; null for an address, or nothing. */
export const peerName = (spec: PeerSpec): string | null =>
  spec.host === null || isLocalPeer(spec) || sockaddrFromHost(spec.host, 0) !== null ? null : spec.host;

/** Puts a peer to work. @param driver where its clients connect to @returns clients, for what they have to tell at the end */
export const startPeer = (
  machine: SimulatedMachine,
  spec: PeerSpec,
  driver: SOCKADDR,
  manners: PeerManners,
): PeerClient[] => {
  const kind = manners.kindOf(spec);
  if (isClient(kind)) return startClients(kind, machine, driver, manners);
  if (kind === 'silent') for (const { deafTo } of machine.ports) deafTo.add(spec.port);
  const service = services[kind];
  if (service !== undefined) {
    const serve: PeerService = (endpoint, executor) => {
      if (manners.keysChange()) machine.changeFastOpenKeys();
      return manners.serve(service)(endpoint, executor);
    };
    const fastOpen = manners.fastOpenAt(spec);
    for (const family of [AF_INET, AF_INET6]) new PeerListener(machine, family, spec.port, serve, fastOpen);
  }
  const datagrams = datagramServices[kind];
  if (datagrams !== undefined) {
    for (const family of [AF_INET, AF_INET6]) new DatagramPeer(machine.transport, family, spec.port, datagrams);
  }
  return [];
};

const startClients = (
  kind: PeerKind,
  { transport, executor }: SimulatedMachine,
  driver: SOCKADDR,
  manners: PeerManners,
): PeerClient[] => {
  const count = manners.clients();
  if (kind === 'udp-client')
    return Array.from({ length: count }, () => new DatagramClient(transport, executor, driver));
  const leaves = Array.from({ length: count }, () => manners.clientLeaves());
  return leaves.map((leave) => new ClientPeer(transport, executor, driver, leave));
};
