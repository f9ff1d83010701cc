import { SOCKADDR_IN } from '../base/index.ts';
import { MILLISECOND } from '../time/index.ts';
import type { WholeScenario } from './driver-scenario.ts';
import { leftOpen } from './left-open.ts';
import { isLocalPeer, type PeerSpec, peerAddress, peerName, startPeer } from './peer-kinds.ts';
import type { ClientPeer } from './peers/index.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { Simulation } from './simulation.ts';

const DRIVER_ADDRESSES = ['10.0.0.1/24', 'fd00::1/64'];
const PEER_ADDRESSES = ['10.0.0.2/24', 'fd00::2/64'];

/** What a driver runs in: its machine and the others. */
export interface DriverNetwork {
  readonly simulation: Simulation;
  readonly driver: SimulatedMachine;
  /** Peers that have something to say at the end. */
  readonly clients: readonly ClientPeer[];
}

/** A machine `driver` (10.0.0.1, fd00::1), a machine `peer` (10.0.0.2, fd00::2) at the other end of a link, and the peers. */
export const driverNetwork = (scenario: WholeScenario): DriverNetwork => {
  const { seed, trace, peers, rtt, loss } = scenario;
  const simulation = new Simulation({ seed, trace });
  const driver = simulation.addMachine('driver', {
    ...(scenario.vary ? leftOpen(seed) : {}),
    ...(scenario.allow === undefined ? {} : { allowedRules: scenario.allow }),
    ...(scenario.disabledRules === undefined ? {} : { disabledRules: scenario.disabledRules }),
    ...scenario.machine,
  });
  const peer = simulation.addMachine('peer');
  const addresses = peers.flatMap(hostAddress);
  const link = { delay: Math.round((rtt * MILLISECOND) / 2), loss };
  simulation.connect(driver, DRIVER_ADDRESSES, peer, [...PEER_ADDRESSES, ...addresses], link);
  for (const address of addresses) driver.addRoute(`${address}/${address.includes(':') ? 128 : 32}`);
  const clients: ClientPeer[] = [];
  for (const spec of peers) {
    const at = isLocalPeer(spec) ? driver : peer;
    const name = peerName(spec);
    if (name !== null) simulation.names.alias(name, peer.name);
    const client = startPeer(at, spec, new SOCKADDR_IN('10.0.0.1', spec.port));
    if (client !== null) clients.push(client);
  }
  return { simulation, driver, clients };
};

const hostAddress = (spec: PeerSpec): string[] => (peerAddress(spec) === null ? [] : [spec.host!]);
