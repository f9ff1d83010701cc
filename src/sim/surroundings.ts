import { SOCKADDR_IN } from '../base/index.ts';
import type { LinkSettings } from '../link/index.ts';
import { MILLISECOND } from '../time/index.ts';
import type { DriverScenario } from './driver-scenario.ts';
import { isLocalPeer, type PeerSpec, peerAddress, peerName, startPeer } from './peer-kinds.ts';
import type { PeerClient } from './peers/index.ts';
import type { SimulatedMachine, SimulatedMachineOptions } from './simulated-machine.ts';
import type { Simulation } from './simulation.ts';
import { polite } from './vary/peer-manners.ts';

const DRIVER_ADDRESSES = ['10.0.0.1/24', 'fd00::1/64'];
const PEER_ADDRESSES = ['10.0.0.2/24', 'fd00::2/64'];

/** What stands around a driver: its machine, and whoever comes to it. */
export interface Surroundings {
  readonly driver: SimulatedMachine;
  readonly clients: readonly PeerClient[];
}

/** Sets the two machines, the link between them and the peers up. @param options of the driver's machine */
export const surroundings = (
  simulation: Simulation,
  scenario: DriverScenario,
  options: SimulatedMachineOptions,
): Surroundings => {
  const { rtt = 40, loss = 0, mtu, faults, peers = [], manners = polite } = scenario;
  const driver = simulation.addMachine('driver', options);
  const peer = simulation.addMachine('peer', scenario.peerMachine);
  const settings = (): LinkSettings => ({
    delay: Math.round((rtt * MILLISECOND) / 2),
    loss,
    ...(mtu === undefined ? {} : { mtu }),
    ...(faults === undefined ? {} : { rules: faults(() => simulation.now()) }),
  });
  const peerAddresses = [...PEER_ADDRESSES, ...peers.flatMap(hostAddress)];
  simulation.connect(driver, DRIVER_ADDRESSES, peer, peerAddresses, settings(), settings());
  for (const address of peers.flatMap(hostAddress)) driver.addRoute(`${address}/${address.includes(':') ? 128 : 32}`);
  const clients = peers.flatMap((spec) => {
    const name = peerName(spec);
    if (name !== null) simulation.names.alias(name, peer.name);
    return startPeer(isLocalPeer(spec) ? driver : peer, spec, new SOCKADDR_IN('10.0.0.1', spec.port), manners);
  });
  return { driver, clients };
};

const hostAddress = (spec: PeerSpec): string[] => (peerAddress(spec) === null ? [] : [spec.host!]);
