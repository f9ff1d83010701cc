import type { TcpProfile } from '../profile.ts';
import type { CongestionControl } from './congestion.ts';
import { Cubic } from './cubic.ts';
import { Reno } from './reno.ts';

export const makeCongestionControl = (profile: TcpProfile): CongestionControl =>
  profile.congestionControl === 'cubic' ? new Cubic(profile.slowStartLimit) : new Reno(profile.slowStartLimit);
