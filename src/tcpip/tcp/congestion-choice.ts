import type { TcpProfile } from '../profile.ts';
import type { CongestionControl } from './congestion.ts';
import { Cubic } from './cubic.ts';
import { HyStart } from './hystart.ts';
import { Reno } from './reno.ts';

export const makeCongestionControl = (profile: TcpProfile): CongestionControl => {
  const hystart = profile.hystart ? new HyStart() : null;
  return profile.congestionControl === 'cubic'
    ? new Cubic(profile.slowStartLimit, hystart)
    : new Reno(profile.slowStartLimit, hystart);
};
