import { OpenWskError, type Random } from '../base/index.ts';
import type { Executor } from '../time/index.ts';
import type { PacketArena, PacketHandle } from './arena.ts';
import type { Link, LinkEnd, LinkTap, PacketReceiver } from './link.ts';
import { LinkDirection, type LinkState } from './link-direction.ts';
import { checkLinkSettings, type LinkSettings } from './settings.ts';

export interface SimulatedLinkOptions {
  readonly executor: Executor;
  readonly arena: PacketArena;
  /** Forked for each direction: what happens in one does not move the dice of the other. */
  readonly random: Random;
  readonly name?: string;
  readonly settings?: LinkSettings;
  /** Other settings for the way back, from the second end attached to the first. */
  readonly back?: LinkSettings;
  readonly tap?: LinkTap | null;
}

/** A point-to-point link between two ends, each direction with its own settings. */
export class SimulatedLink implements Link {
  readonly name: string;
  private readonly directions: readonly [LinkDirection, LinkDirection];
  private readonly tap: LinkTap | null;
  private attached = 0;

  constructor(options: SimulatedLinkOptions) {
    const { executor, arena, random, name = 'link', settings = {}, back = settings, tap = null } = options;
    this.name = name;
    this.tap = tap;
    this.directions = [
      new LinkDirection(executor, arena, random.fork(), checkLinkSettings(settings)),
      new LinkDirection(executor, arena, random.fork(), checkLinkSettings(back)),
    ];
  }

  attach(receiver: PacketReceiver, port: number, name: string): LinkEnd {
    if (this.attached === 2) {
      throw new OpenWskError(
        'OWSK_LINK_FULL',
        `link ${this.name} has two ends already; join links by a router`,
        'link',
      );
    }
    const out = this.directions[this.attached];
    const into = this.directions[1 - this.attached++];
    into.receiver = receiver;
    into.port = port;
    if (this.tap !== null) {
      out.tapInterface = into.tapDestination = this.tap.addInterface(name);
      out.tap = this.tap;
    }
    return new SimulatedLinkEnd(name, out);
  }

  /** Packets under way or held, both directions. */
  get inFlight(): number {
    return this.directions[0].inFlight + this.directions[1].inFlight;
  }

  /** Both directions, or the one out of the first (0) or second (1) end: held, cut, or up again. */
  setState(state: LinkState, direction?: 0 | 1): void {
    this.each(direction, (one) => one.setState(state));
  }

  /** New settings in full, for packets sent from now on. */
  setSettings(settings: LinkSettings, direction?: 0 | 1): void {
    const checked = checkLinkSettings(settings);
    this.each(direction, (one) => one.change(checked));
  }

  private each(direction: 0 | 1 | undefined, act: (one: LinkDirection) => void): void {
    this.directions.forEach((one, index) => {
      if (direction === undefined || direction === index) act(one);
    });
  }
}

class SimulatedLinkEnd implements LinkEnd {
  readonly name: string;
  private readonly out: LinkDirection;

  constructor(name: string, out: LinkDirection) {
    this.name = name;
    this.out = out;
  }
  get mtu(): number {
    return this.out.mtu;
  }
  send(packet: PacketHandle): void {
    this.out.send(packet);
  }
}
