import type { StreamOption } from '../../wsk/transport.ts';

/** The options of a socket, inherited by what it accepts. */
export class StreamOptions implements Readonly<Record<StreamOption, number>> {
  fastOpen = 0;
  noDelay = 0;
  reuseAddress = 0;
  exclusiveAddress = 0;
  keepAlive = 0;
  receiveBuffer: number;
  v6Only = 1; // Windows' default
  /** Of listening sockets; not inherited. */
  conditionalAccept = 0;

  /** Several sockets have these: who changes one makes a copy first. */
  isShared = false;

  constructor(receiveBuffer: number) {
    this.receiveBuffer = receiveBuffer;
  }

  /** The same ones, without a copy where that is possible, for a socket that begins with them. */
  inherit(): StreamOptions {
    if (this.conditionalAccept !== 0) return this.copy();
    this.isShared = true;
    return this;
  }

  copy(): StreamOptions {
    const copy = new StreamOptions(this.receiveBuffer);
    copy.fastOpen = this.fastOpen;
    copy.noDelay = this.noDelay;
    copy.reuseAddress = this.reuseAddress;
    copy.exclusiveAddress = this.exclusiveAddress;
    copy.keepAlive = this.keepAlive;
    copy.v6Only = this.v6Only;
    return copy;
  }
}
