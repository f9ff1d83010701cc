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
  /** RFC 7323, section 3: asked for, agreed to when the peer asks, or neither. */
  readonly timestamps: 'ask' | 'agree' | 'refuse';
  /** RFC 2018: offered, and agreed to. With it come RACK and tail loss probes (RFC 8985). */
  readonly sack: boolean;
  readonly congestionControl: 'cubic' | 'reno';
  /** RFC 3168: asked for, or agreed to when the peer asks. */
  readonly ecn: 'off' | 'agree' | 'ask';
  /** 2 MSL (RFC 9293, section 3.4.2). */
  readonly timeWait: Nanoseconds;
  readonly ephemeralFirst: number;
  readonly ephemeralLast: number;
  /** Whether sockets begin with keep-alive on (RFC 9293, section 3.8.4: off unless asked for). */
  readonly keepAlive: boolean;
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
  /**
   * How long a host asks nobody for Fast Open once it seems that something near it swallows such connections; doubled
   * each time, up to 64 times, until one has worked (section 4.1.3.1). 0: never.
   */
  readonly fastOpenBlackHole: Nanoseconds;
  /** Room kept free for options when data rides in a SYN. */
  readonly fastOpenOptionRoom: number;
  /** A client whose request went unanswered asks once more in the experimental form (RFC 7413, appendix A). */
  readonly fastOpenExperimental: boolean;
  /** A client sends its cookie even when there is no data for the SYN. */
  readonly fastOpenWithoutData: boolean;
  /** Fast Open without cookies, for networks where no address is forged (RFC 7413, section 5.2): by whom. */
  readonly fastOpenCookieless: 'nobody' | 'client' | 'server' | 'both';
  /** Segments at the start of a connection that are acknowledged at once, unless the application answers them. */
  readonly quickAcks: number;
  /** A short segment waits while anything is unacknowledged (RFC 1122), or only while another short one is (Minshall). */
  readonly nagle: 'rfc1122' | 'minshall';
  /** Most segments that one acknowledgment counts for in slow start (RFC 3465's L); not in the first with HyStart++. */
  readonly slowStartLimit: number;
  /** HyStart++ (RFC 9406) in the first slow start, where L is 8. */
  readonly hystart: boolean;
  /** The MSS option follows what was learned of the path, not only the link (against RFC 6691). */
  readonly offersPathMtu: boolean;
  /** Timeouts of a full-sized segment upon which a shorter one is tried (RFC 2923, section 2.1); 0: never. */
  readonly blackHoleTimeouts: number;
  /** The MSS that every path is expected to carry; over IPv6 at least 1,220. */
  readonly blackHoleMss: number;
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
  keepAlive: false,
  keepAliveIdle: 7200 * SECOND, // documented: KeepAliveTime
  keepAliveInterval: SECOND, // documented: KeepAliveInterval
  keepAliveProbes: 10, // documented
  backlog: 200, // INFERRED: SOMAXCONN as Windows' servers use it
  synCookies: true, // INFERRED: documented is that protection against SYN floods cannot be turned off
  fastOpenPending: 128, // INFERRED
  fastOpenResetHold: 60 * SECOND, // as Linux
  fastOpenBackoff: 60 * SECOND, // INFERRED
  fastOpenBlackHole: 3600 * SECOND, // INFERRED: documented is that Windows detects such paths; Linux 4.14 had an hour
  fastOpenOptionRoom: 40, // as Linux: the cached MSS less all options that fit into a header
  fastOpenExperimental: false, // INFERRED
  fastOpenWithoutData: false, // INFERRED
  fastOpenCookieless: 'nobody', // INFERRED
  quickAcks: 0, // INFERRED
  nagle: 'rfc1122',
  slowStartLimit: 2, // RFC 3465
  hystart: true, // documented: on by default since Server 2022; decision 0023
  offersPathMtu: false,
  blackHoleTimeouts: 3, // documented: on since Vista, and 71 round trips until a connection is given up; decision 0019
  blackHoleMss: 536, // documented: EnablePMTUBHDetect
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
  keepAlive: false,
  keepAliveIdle: 7200 * SECOND,
  keepAliveInterval: 75 * SECOND,
  keepAliveProbes: 9,
  backlog: 4096,
  synCookies: true, // tcp_syncookies = 1
  fastOpenPending: 256,
  fastOpenResetHold: 60 * SECOND,
  fastOpenBackoff: 0, // since 4.14 only the check for black holes is left
  fastOpenBlackHole: 0, // tcp_fastopen_blackhole_timeout_sec = 0 since 5.14
  fastOpenOptionRoom: 40,
  fastOpenExperimental: true,
  fastOpenWithoutData: true,
  fastOpenCookieless: 'nobody', // tcp_fastopen without 0x4 and 0x200
  quickAcks: 16, // TCP_MAX_QUICKACKS
  nagle: 'minshall',
  slowStartLimit: Number.POSITIVE_INFINITY, // tcp_slow_start counts all that was acknowledged
  hystart: false, // Linux has another HyStart inside of CUBIC
  offersPathMtu: true,
  blackHoleTimeouts: 0, // tcp_mtu_probing = 0
  blackHoleMss: 1024, // tcp_base_mss
});
