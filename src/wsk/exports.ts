import { type Bound, bindAll } from '../kernel/index.ts';
import * as registration from './registration.ts';
import type { Wsk } from './wsk.ts';

/** What netio.sys exports; each takes the WSK subsystem as its first parameter. */
export const netio = {
  WskRegister: registration.WskRegister,
  WskCaptureProviderNPI: registration.WskCaptureProviderNPI,
  WskReleaseProviderNPI: registration.WskReleaseProviderNPI,
  WskQueryProviderCharacteristics: registration.WskQueryProviderCharacteristics,
  WskDeregister: registration.WskDeregister,
};

/** Registration as a driver calls it, without the subsystem parameter. */
export type Netio = Bound<Wsk, typeof netio>;

export const bindNetio = (wsk: Wsk): Netio => bindAll(wsk, netio);
