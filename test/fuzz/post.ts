import type { Random } from '../../src/base/index.ts';
import { type ByteSink, type ByteSource, DatagramInfo, type Host, type UdpEndpoint } from '../../src/tcpip/index.ts';
import type { ForgedPacket } from './forged-packet.ts';

/** Honest datagrams begin with it; nobody who forges knows. */
const SEAL = [0x5e, 0xa1, 0xed, 0x01];
const MOST = 4000;
const PORT = 7000;
const byteAt = (at: number): number => (at < SEAL.length ? SEAL[at] : Math.imul(at, 0x9e3779b1) >>> 24);
const LETTER = Uint8Array.from({ length: MOST }, (_, at) => byteAt(at));

/**
 * Datagrams between two hosts, over both families, in pieces when they are long. UDP may lose some; what arrives under
 * the seal is what was sent.
 */
export class Post implements ByteSource, ByteSink {
  /** Of the letter at hand. */
  length = MOST;
  sent = 0;
  arrived = 0;
  /** Datagrams without the seal. */
  forged = 0;
  errors = 0;
  private readonly endpoints: UdpEndpoint[] = [];
  private readonly info = new DatagramInfo();
  private readonly room = new Uint8Array(MOST);
  private readonly random: Random;

  /** @param addresses of each host, IPv4 and IPv6 */
  constructor(random: Random, hosts: readonly Host[], addresses: readonly (readonly Int32Array[])[]) {
    this.random = random;
    for (const [side, host] of hosts.entries()) {
      for (const version of [4, 6] as const) {
        const words = addresses[1 - side][version === 4 ? 0 : 1];
        for (const port of [PORT, PORT + 1]) this.bind(host, version, port, words);
      }
    }
  }

  /** The second of a host's two ports takes from its peer only. */
  private bind(host: Host, version: 4 | 6, port: number, words: Int32Array): void {
    const endpoint = host.udp.bind(version, null, port, {
      onReadable: () => this.read(endpoint as UdpEndpoint),
      onError: () => {
        this.errors++;
        (endpoint as UdpEndpoint).takeError();
      },
    });
    if (typeof endpoint === 'number') throw new Error('no port');
    const peer = { version, words, port };
    if (port === PORT) endpoint.setTarget(peer);
    else endpoint.connect(peer);
    this.endpoints.push(endpoint);
  }

  /** A letter of some length from somebody. */
  send(): void {
    const { random } = this;
    this.length = SEAL.length + random.below(random.below(2) === 0 ? 100 : MOST - SEAL.length);
    const status = this.endpoints[random.below(this.endpoints.length)].sendTo(this);
    this.length = MOST;
    if (status === 0) this.sent++;
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    into.set(LETTER.subarray(from, from + count), at);
  }

  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void {
    this.room.set(from.subarray(offset, offset + count), at);
  }

  private read(endpoint: UdpEndpoint): void {
    const { random, room, info } = this;
    if (random.below(8) === 0) return; // later, with the next
    for (;;) {
      if (random.below(8) === 0) {
        const lease = endpoint.borrow();
        if (lease === null) return;
        if (random.below(2) === 0) lease.putBack();
        else lease.release();
      }
      if (!endpoint.receive(this, info)) return;
      this.look(room.subarray(0, info.copied));
    }
  }

  private look(letter: Uint8Array): void {
    if (!SEAL.every((byte, at) => byte === letter[at])) {
      this.forged++;
      return;
    }
    if (letter.some((byte, at) => byte !== LETTER[at])) throw new Error('a datagram was disturbed');
    this.arrived++;
  }

  close(): void {
    for (const endpoint of this.endpoints) endpoint.close();
  }
}

const PORTS = [PORT, PORT, PORT + 1, 7, 0, 80];

/** A datagram to one of the ports, with a length that fits it or not, and a checksum that is right, wrong or none. */
export const mutateUdp = (random: Random, packet: ForgedPacket): void => {
  const { raw } = packet;
  packet.protocol = 17;
  packet.isDatagram = true;
  packet.rawLength = 8 + random.below(random.below(4) === 0 ? 1300 : 40);
  const claimed = random.below(4) > 0 ? packet.rawLength : random.below(packet.rawLength + 20);
  const [from, to] = [random.below(3) === 0 ? random.below(0x10000) : PORT + 1, PORTS[random.below(PORTS.length)]];
  raw.set([from >> 8, from, to >> 8, to, claimed >> 8, claimed, 0, 0]);
  for (let at = 8; at < packet.rawLength; at++) raw[at] = at;
  packet.hasChecksum = random.below(4) > 0;
  packet.goodChecksum = random.below(8) > 0;
  if (random.below(16) === 0) packet.rawLength = 1 + random.below(8);
};
