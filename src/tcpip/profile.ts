import { MILLISECOND, type Nanoseconds, SECOND } from '../time/index.ts';
import { type IpProfile, linuxIpProfile, windowsIpProfile } from './ip/ip-profile.ts';

/** Every constant of TCP, and of what is beneath it, that systems choose differently. Frozen; a host is made with one. */
export interface TcpProfile extends IpProfile {
  readonly name: string;
  /** RTO before the first measurement (RFC 6298, section 2.1), and its bounds. */
  readonly initialRto: Nanoseconds;
  readonly minRto: Nanoseconds;
  readonly maxRto: Nanoseconds;
  /** How often a SYN, a SYN-ACK and data are sent again before the connection is given up (RFC 9293, R1 and R2). */
  readonly synRetries: number;
  readonly synAckRetries: number;
  readonly dataRetries: number;
  /** RFC 1122, section 4.2.3.2: at most 500 ms, and every second full segment. */
  readonly delayedAck: Nanoseconds;
  readonly delayedAckSegments: number;
  /** In segments; RFC 6928. */
  readonly initialWindow: number;
  readonly receiveBuffer: number;
  /** The shift offered; raised when the receive buffer needs more (RFC 7323, section 2). */
  readonly windowScale: number;
  /** RFC 7323, section 3: asked for, or agreed to when the peer asks. */
  readonly timestamps: 'ask' | 'agree';
  /** RFC 2018: offered, and agreed to. With it come RACK and tail loss probes (RFC 8985). */
  readonly sack: boolean;
  readonly congestionControl: 'cubic' | 'reno';
  /** RFC 3168: asked for, or agreed to when the peer asks. */
  readonly ecn: 'off' | 'agree' | 'ask';
  /** 2 MSL (RFC 9293, section 3.4.2). */
  readonly timeWait: Nanoseconds;
  readonly ephemeralFirst: number;
  readonly ephemeralLast: number;
  readonly keepAliveIdle: Nanoseconds;
  readonly keepAliveInterval: Nanoseconds;
  readonly keepAliveProbes: number;
  readonly backlog: number;
  /** RFC 4987: what a listener does when its backlog is full of half-open connections. Else it stays silent. */
  readonly synCookies: boolean;
  /** Fast Open connections of a listener that may wait for the final ACK (RFC 7413, section 4.2.1). */
  readonly fastOpenPending: number;
  /** How long a reset Fast Open request counts against that limit (RFC 7413, section 5.1). */
  readonly fastOpenResetHold: Nanoseconds;
  /** How long Fast Open is left alone after it failed on a path; doubled each time, up to 64 times (section 4.1.3.1). */
  readonly fastOpenBackoff: Nanoseconds;
  /** Room kept free for options when data rides in a SYN. */
  readonly fastOpenOptionRoom: number;
}

/** Windows 10 and later. "documented": the defaults of Set-NetTCPSetting's reference page; the rest is INFERRED. */
export const windowsProfile: TcpProfile = Object.freeze({
  ...windowsIpProfile,
  name: 'windows',
  initialRto: 3 * SECOND, // documented: InitialRtoMs 3000
  minRto: 300 * MILLISECOND, // documented: MinRtoMs 300
  maxRto: 60 * SECOND, // RFC 6298, section 2.5: at least 60 s
  synRetries: 2, // documented: MaxSynRetransmissions 2; 3 + 6 + 12 s is the known 21 s
  synAckRetries: 3, // INFERRED
  dataRetries: 5, // documented: TcpMaxDataRetransmissions 5
  delayedAck: 40 * MILLISECOND, // INFERRED
  delayedAckSegments: 2, // documented: DelayedAckFrequency 2
  initialWindow: 10, // RFC 6928
  receiveBuffer: 256 * 1024, // INFERRED: stands for what auto-tuning finds
  windowScale: 8, // observed
  timestamps: 'agree', // documented: Timestamps "allowed"
  sack: true, // observed on every Windows since 2000
  congestionControl: 'cubic', // documented: the default provider since Windows 10 1709
  ecn: 'off', // documented: EcnCapability disabled
  timeWait: 120 * SECOND, // documented: TcpTimedWaitDelay, two minutes
  ephemeralFirst: 49152, // documented: the dynamic port range
  ephemeralLast: 65535,
  keepAliveIdle: 7200 * SECOND, // documented: KeepAliveTime
  keepAliveInterval: SECOND, // documented: KeepAliveInterval
  keepAliveProbes: 10, // documented
  backlog: 200, // INFERRED: SOMAXCONN as Windows' servers use it
  synCookies: true, // INFERRED: documented is that protection against SYN floods cannot be turned off
  fastOpenPending: 128, // INFERRED
  fastOpenResetHold: 60 * SECOND, // as Linux
  fastOpenBackoff: 60 * SECOND, // INFERRED
  fastOpenOptionRoom: 40, // as Linux: the cached MSS less all options that fit into a header
});

/** Linux 6.x, with the defaults of its sysctls. */
export const linuxProfile: TcpProfile = Object.freeze({
  ...linuxIpProfile,
  name: 'linux',
  initialRto: SECOND,
  minRto: 200 * MILLISECOND,
  maxRto: 120 * SECOND,
  synRetries: 6,
  synAckRetries: 5,
  dataRetries: 15,
  delayedAck: 40 * MILLISECOND,
  delayedAckSegments: 2,
  initialWindow: 10,
  receiveBuffer: 65536,
  windowScale: 7,
  timestamps: 'ask',
  sack: true,
  congestionControl: 'cubic',
  ecn: 'agree', // tcp_ecn = 2
  timeWait: 60 * SECOND,
  ephemeralFirst: 32768,
  ephemeralLast: 60999,
  keepAliveIdle: 7200 * SECOND,
  keepAliveInterval: 75 * SECOND,
  keepAliveProbes: 9,
  backlog: 4096,
  synCookies: true, // tcp_syncookies = 1
  fastOpenPending: 256,
  fastOpenResetHold: 60 * SECOND,
  fastOpenBackoff: 60 * SECOND,
  fastOpenOptionRoom: 40,
});
