import { Random } from '../base/index.ts';
import type { Executor } from '../time/index.ts';
import type { PacketArena, PacketHandle } from './arena.ts';
import type { Link, LinkEnd, LinkTap, PacketReceiver } from './link.ts';
import { LinkDirection } from './link-direction.ts';
import { checkLinkSettings, type LinkSettings } from './settings.ts';

export interface LoopbackOptions {
  readonly executor: Executor;
  readonly arena: PacketArena;
  /** Needed for settings with loss, jitter or dice only. */
  readonly random?: Random;
  readonly settings?: LinkSettings;
  readonly tap?: LinkTap | null;
}

/** A link whose one end hears itself: what a machine sends to its own addresses. */
export class Loopback implements Link {
  readonly name = 'loopback';
  private readonly direction: LinkDirection;
  private readonly tap: LinkTap | null;

  constructor(options: LoopbackOptions) {
    const { executor, arena, random = new Random(0), settings = {}, tap = null } = options;
    this.direction = new LinkDirection(executor, arena, random, checkLinkSettings(settings));
    this.tap = tap;
  }

  get inFlight(): number {
    return this.direction.inFlight;
  }

  attach(receiver: PacketReceiver, port: number, name: string): LinkEnd {
    const { direction, tap } = this;
    direction.receiver = receiver;
    direction.port = port;
    if (tap !== null) {
      direction.tapInterface = direction.tapDestination = tap.addInterface(name);
      direction.tap = tap;
    }
    return { name, mtu: direction.mtu, send: (packet: PacketHandle) => direction.send(packet) };
  }
}
