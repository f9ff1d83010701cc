import type { Random } from '../../base/index.ts';
import type { Nanoseconds } from '../../time/index.ts';
import type { Path } from '../path.ts';
import { sipHash } from '../siphash.ts';

/** Where keys come from: a seeded Random in a simulation, a cryptographic source when packets leave the process. */
export type KeySource = Pick<Random, 'int32'>;

/** Initial sequence numbers (RFC 6528): a clock of 4 microseconds plus a keyed function of the connection. */
export class InitialSequence {
  private readonly key = new Int32Array(4);
  private readonly message = new Int32Array(9);
  private readonly out = new Int32Array(2);

  constructor(keys: KeySource) {
    for (let i = 0; i < 4; i++) this.key[i] = keys.int32();
  }

  generate(path: Path, ports: number, now: Nanoseconds): number {
    return (this.hash(path, ports) + ((now / 4000) % 4294967296)) | 0;
  }

  /** Where a connection's timestamps start (RFC 7323, section 7.1: not to be guessed from another connection's). */
  timestampOffset(): number {
    return this.out[1];
  }

  private hash(path: Path, ports: number): number {
    const { message } = this;
    message[0] = ports;
    if (path.version === 4) {
      message[1] = path.local0;
      message[2] = path.remote0;
      sipHash(this.key, message, 3, this.out);
    } else {
      message.set(path.local, 1);
      message.set(path.remote, 5);
      sipHash(this.key, message, 9, this.out);
    }
    return this.out[0];
  }
}
