import type { TcpProfile } from '../profile.ts';
import type { CongestionControl } from './congestion.ts';
import { Cubic } from './cubic.ts';
import { Reno } from './reno.ts';

export const makeCongestionControl = (profile: TcpProfile): CongestionControl => {
  const { congestionControl, slowStartLimit, hystart } = profile;
  return congestionControl === 'cubic' ? new Cubic(slowStartLimit, hystart) : new Reno(slowStartLimit, hystart);
};
