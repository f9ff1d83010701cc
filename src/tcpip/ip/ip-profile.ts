import { type Nanoseconds, SECOND } from '../../time/index.ts';

/** What systems choose differently in IP, ICMP and UDP. */
export interface IpProfile {
  readonly hopLimit: number;
  /** How long fragments wait for the rest (RFC 1122, section 3.3.2; RFC 8200, section 4.5: 60 seconds). */
  readonly reassemblyTimeout: Nanoseconds;
  /** Memory that fragments may hold, of the machine and per sender, in bytes of arena slots. */
  readonly reassemblyBytes: number;
  readonly reassemblySourceBytes: number;
  /** Datagrams in pieces at a time, of the machine and per sender. */
  readonly reassemblyDatagrams: number;
  readonly reassemblySourceDatagrams: number;
  /** Fragments of one datagram, duplicates included. */
  readonly reassemblyFragments: number;
  /** ICMP errors per second, and how many may be sent at once (RFC 4443, section 2.4 (f): a token bucket). */
  readonly icmpErrorRate: number;
  readonly icmpErrorBurst: number;
  /** Extension headers of one packet, the bytes of all of them, and options in one (RFC 8504, section 5.3). */
  readonly extensionHeaders: number;
  readonly extensionBytes: number;
  readonly extensionOptions: number;
  /** SO_RCVBUF of a UDP endpoint, in bytes of payload. */
  readonly udpReceiveBuffer: number;
}

const common = {
  reassemblyTimeout: 60 * SECOND, // RFC 8200, section 4.5; RFC 1122 allows 60 to 120
  reassemblyBytes: 4 * 1024 * 1024, // as Linux: ipfrag_high_thresh
  reassemblySourceBytes: 1024 * 1024,
  reassemblyDatagrams: 256,
  reassemblySourceDatagrams: 64, // as Linux: ipfrag_max_dist
  reassemblyFragments: 512, // a datagram of 64 KiB in packets of 576 bytes is 119
  extensionHeaders: 8,
  extensionBytes: 256,
  extensionOptions: 8, // RFC 8504, section 5.3
};

export const windowsIpProfile: IpProfile = Object.freeze({
  ...common, // INFERRED
  hopLimit: 128, // observed on every Windows since 2000
  icmpErrorRate: 1000, // INFERRED: as Linux
  icmpErrorBurst: 50,
  udpReceiveBuffer: 65_536, // observed: SO_RCVBUF of a new socket
});

/** Linux 6.x, with the defaults of its sysctls. */
export const linuxIpProfile: IpProfile = Object.freeze({
  ...common,
  hopLimit: 64,
  icmpErrorRate: 1000, // icmp_msgs_per_sec
  icmpErrorBurst: 50, // icmp_msgs_burst
  udpReceiveBuffer: 212_992, // rmem_default
});
