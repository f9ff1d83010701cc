import { type TcpProfile, windowsProfile } from '../../tcpip/index.ts';
import { SECOND } from '../../time/index.ts';
import type { SimulatedMachineOptions } from '../simulated-machine.ts';

/** So many retransmissions outlast every trouble. */
const RETRIES = 15;
const KEEP_ALIVE_IDLE = 60 * SECOND;

/**
 * A machine whose TCP lives through the trouble of a sweep, and finds out when the other end has forgotten a connection.
 * Without it a driver that waits for data could be left for ever, through no fault of its own: when the other end gives
 * up, or resets, and the network loses that segment.
 */
export const steadfast = (options: SimulatedMachineOptions = {}): SimulatedMachineOptions => {
  const { profile = windowsProfile } = options;
  const patient: TcpProfile = Object.freeze({
    ...profile,
    dataRetries: Math.max(profile.dataRetries, RETRIES),
    synAckRetries: Math.max(profile.synAckRetries, RETRIES),
    keepAlive: true,
    keepAliveIdle: Math.min(profile.keepAliveIdle, KEEP_ALIVE_IDLE),
  });
  return { ...options, profile: patient };
};
