import { Random } from '../../base/index.ts';
import { type Libc, loadLibc } from '../../system/libc.ts';
import { Reactor } from '../../system/reactor.ts';
import { TimerFd } from '../../system/timer-fd.ts';
import type { RealExecutor } from '../../time/index.ts';
import type { PacketArena } from '../arena.ts';
import type { Link, LinkTap } from '../link.ts';
import { checkLinkSettings, type LinkSettings } from '../settings.ts';
import { SimulatedLink } from '../simulated-link.ts';
import { splice } from '../splice.ts';
import { configureTun } from './configure.ts';
import { openTunDevice } from './tun-device.ts';
import { TunLink } from './tun-link.ts';

/** Faults made between the stack and the device, on the real clock. */
export interface TunImpairment {
  /** Of packets on their way to the system. */
  readonly settings?: LinkSettings;
  /** Of packets on their way from it; the same unless given. */
  readonly back?: LinkSettings;
  /** Of the dice; 1 unless given. */
  readonly seed?: number;
}

export interface TunOptions {
  /** The interface's name: owsk0, or owsk%d (the default) for the first that is free. */
  readonly device?: string;
  /** Bytes, from 68 to 2,048; the device's own unless given. */
  readonly mtu?: number;
  /** Addresses for the system's end, with prefixes; it is brought up with them. Left as it is unless given. */
  readonly system?: readonly string[];
  readonly impairment?: TunImpairment;
}

/** A TUN device in use, with what it needs of the system. */
export class TunNetwork {
  readonly tun: TunLink;
  /** What the one stack behind the device attaches to. */
  readonly link: Link;
  private readonly reactor: Reactor;
  private readonly executor: RealExecutor;
  private alarm: TimerFd | null = null;

  private constructor(reactor: Reactor, executor: RealExecutor, tun: TunLink, link: Link) {
    this.reactor = reactor;
    this.executor = executor;
    this.tun = tun;
    this.link = link;
  }

  /** @throws OpenWskError OWSK_NO_TUN, OWSK_NO_HOST, OWSK_INVALID_SETTING: nothing is then left open */
  static async open(
    executor: RealExecutor,
    arena: PacketArena,
    options: TunOptions = {},
    tap: LinkTap | null = null,
  ): Promise<TunNetwork> {
    const { impairment } = options;
    checkLinkSettings(impairment?.settings ?? {});
    checkLinkSettings(impairment?.back ?? {});
    const libc = await loadLibc();
    const reactor = new Reactor(libc, executor);
    let network: TunNetwork | null = null;
    try {
      const device = openTunDevice(libc, options.device, options.mtu);
      const onDevice = impairment === undefined ? tap : null;
      const tun = new TunLink({ libc, reactor, clock: executor, arena, device, tap: onDevice });
      const link = impairment === undefined ? tun : faulty(executor, arena, tun, impairment, tap);
      network = new TunNetwork(reactor, executor, tun, link);
      configureTun(tun.name, options.system ?? []);
      if (!executor.hasFineAlarm) network.useTimerOf(libc);
      return network;
    } catch (error) {
      if (network === null) reactor.close();
      else network.close();
      throw error;
    }
  }

  close(): void {
    this.tun.close();
    if (this.alarm !== null) this.executor.useAlarm(null);
    this.alarm?.close();
    this.alarm = null;
    this.reactor.close();
  }

  private useTimerOf(libc: Libc): void {
    this.executor.useAlarm((ring) => {
      this.alarm = new TimerFd(libc, this.reactor, ring);
      return this.alarm;
    });
  }
}

/** A link with faults in front of the device, which is attached to it first. */
const faulty = (
  executor: RealExecutor,
  arena: PacketArena,
  tun: TunLink,
  { settings = {}, back = settings, seed = 1 }: TunImpairment,
  tap: LinkTap | null,
): Link => {
  const { name, mtu } = tun;
  const random = new Random(seed);
  const ways = { settings: { ...back, mtu }, back: { ...settings, mtu } };
  const link = new SimulatedLink({ executor, arena, random, name, tap, ...ways });
  splice(link, tun);
  return link;
};
