import {
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LOST,
  OPEN,
  RECOVERY,
  REDUCED,
  RESENT,
  SACKED,
  SYN_RECEIVED,
  SYN_SENT,
  type TcpConnection,
  TIME_WAIT,
  TIMEOUT,
} from '../tcpip/index.ts';
import type { Scope } from './expression.ts';
import type { PosixSocket } from './posix-socket.ts';

/** Linux's numbers of states. */
const STATES: Readonly<Record<string, readonly [ours: number, linux: number]>> = {
  TCP_ESTABLISHED: [ESTABLISHED, 1],
  TCP_SYN_SENT: [SYN_SENT, 2],
  TCP_SYN_RECV: [SYN_RECEIVED, 3],
  TCP_FIN_WAIT1: [FIN_WAIT_1, 4],
  TCP_FIN_WAIT2: [FIN_WAIT_2, 5],
  TCP_TIME_WAIT: [TIME_WAIT, 6],
  TCP_CLOSE: [CLOSED, 7],
  TCP_CLOSE_WAIT: [CLOSE_WAIT, 8],
  TCP_LAST_ACK: [LAST_ACK, 9],
  TCP_CLOSING: [CLOSING, 11],
};

const NAMES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(STATES).map(([name, [, linux]]) => [name, linux])),
  TCP_LISTEN: 10,
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
  TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16,
  TCPI_OPT_SYN_DATA: 32,
  TCP_CA_Open: 0,
  TCP_CA_Disorder: 1,
  TCP_CA_CWR: 2,
  TCP_CA_Recovery: 3,
  TCP_CA_Loss: 4,
};

/** What code may ask about a socket: Linux's tcp_info, as far as our connection has it. */
export const tcpInfo =
  (socket: PosixSocket | null): Scope =>
  (name) => {
    if (Object.hasOwn(NAMES, name)) return NAMES[name];
    const connection = socket?.connection ?? null;
    if (!Object.hasOwn(FIELDS, name)) return null;
    if (connection === null) return name === 'tcpi_state' ? NAMES.TCP_CLOSE : 0;
    return FIELDS[name](connection, socket!);
  };

const perSegment = (connection: TcpConnection, bytes: number): number =>
  Math.ceil(bytes / Math.max(connection.mss - (connection.hasTimestamps ? 12 : 0), 1));

/** Segments that count as lost, sent again since or not. */
const countLost = (log: TcpConnection['log']): number => {
  let lost = 0;
  for (let i = 0; log !== null && i < log.count; i++) {
    const flags = log.flagsOf(i);
    if ((flags & (LOST | RESENT)) !== 0 && (flags & SACKED) === 0) lost++;
  }
  return lost;
};

/** Linux's states of congestion, by ours. */
const CA_STATES: Readonly<Record<number, number>> = { [RECOVERY]: 3, [TIMEOUT]: 4, [REDUCED]: 2 };

const caState = ({ recovery, log }: TcpConnection): number => {
  if (recovery !== null && recovery.state !== OPEN) return CA_STATES[recovery.state];
  return (log !== null && log.sackedBytes > 0) || (recovery !== null && recovery.duplicates > 0) ? 1 : 0;
};

const FIELDS: Readonly<Record<string, (connection: TcpConnection, socket: PosixSocket) => number>> = {
  tcpi_state: ({ state }) => Object.values(STATES).find(([ours]) => ours === state)?.[1] ?? 0,
  tcpi_options: (connection, socket) =>
    (connection.hasTimestamps ? 1 : 0) |
    (Reflect.get(connection, 'sackPermitted') === true ? 2 : 0) |
    (connection.scaleOffered ? 4 : 0) |
    (socket.synDataTaken ? 32 : 0),
  tcpi_snd_cwnd: (connection) => Math.floor(connection.congestion.window / connection.mss),
  tcpi_snd_mss: (connection) => connection.mss - (connection.hasTimestamps ? 12 : 0),
  tcpi_advmss: (connection) => connection.path.mss - (connection.hasTimestamps ? 12 : 0),
  tcpi_snd_ssthresh: ({ congestion, mss }) =>
    congestion.threshold >= 1 << 30 ? 0x7fff_ffff : Math.floor(congestion.threshold / mss),
  tcpi_ca_state: (connection) => caState(connection),
  tcpi_sacked: (connection) => perSegment(connection, connection.log?.sackedBytes ?? 0),
  tcpi_lost: ({ log }) => countLost(log),
  tcpi_backoff: ({ retries, synRetries, state }) => (state === ESTABLISHED ? retries : synRetries),
  tcpi_min_rtt: ({ rto }) => Math.round(rto.minRtt / 1000),
  tcpi_unacked: (connection) => perSegment(connection, Math.max((connection.sndMax - connection.sndUna) | 0, 0)),
  tcpi_rto: (connection) => Math.round(connection.rto.rto / 1000),
  tcpi_rtt: (connection) => Math.round(connection.rto.srtt / 1000),
  tcpi_retransmits: (connection) => connection.retries,
  tcpi_probes: (connection) => (connection.persisting ? connection.retries : 0),
  tcpi_snd_wscale: (connection) => connection.sndScale,
  tcpi_rcv_wscale: (connection) => connection.rcvScale,
};
