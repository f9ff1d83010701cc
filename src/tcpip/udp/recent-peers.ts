const KEPT = 16;

/**
 * Whom an endpoint has sent to of late: an ICMP error about anybody else is not believed (RFC 5927, section 4, for TCP;
 * a datagram has no sequence number to check besides).
 */
export class RecentPeers {
  private readonly words = new Int32Array(4 * KEPT);
  private readonly ports = new Int32Array(KEPT);
  private readonly versions = new Uint8Array(KEPT);
  private last = 0;

  note(version: 4 | 6, words: Int32Array, port: number): void {
    if (this.isAt(this.last, version, words, port) || this.has(version, words, port)) return;
    this.last = (this.last + 1) % KEPT;
    this.words.set(words, 4 * this.last);
    this.ports[this.last] = port;
    this.versions[this.last] = version;
  }

  has(version: 4 | 6, words: Int32Array, port: number): boolean {
    for (let i = 0; i < KEPT; i++) if (this.isAt(i, version, words, port)) return true;
    return false;
  }

  private isAt(i: number, version: 4 | 6, words: Int32Array, port: number): boolean {
    const own = this.words;
    return (
      this.ports[i] === port &&
      this.versions[i] === version &&
      own[4 * i] === words[0] &&
      own[4 * i + 1] === words[1] &&
      own[4 * i + 2] === words[2] &&
      own[4 * i + 3] === words[3]
    );
  }
}
