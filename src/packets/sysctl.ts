import type { Settings } from './settings.ts';

/**
 * Linux's settings of TCP, as scripts make them by sysctl, by writing to /proc/sys, or by their helper scripts. Each
 * returns null when the stack now behaves so, else why it cannot.
 */
type Setting = (settings: Settings, value: string) => string | null;

const SECOND = 1_000_000_000;

const whole = (value: string): number | null => (/^(0x[\da-f]+|\d+)$/i.test(value) ? Number(value) : null);

const count =
  (apply: (settings: Settings, value: number) => void, most = 1_000_000): Setting =>
  (settings, value) => {
    const found = whole(value);
    if (found === null || found > most) return `${value} is not a number up to ${most}`;
    apply(settings, found);
    return null;
  };

/** The stack has it one way only. */
const only =
  (...values: readonly string[]): Setting =>
  (_settings, value) =>
    values.includes(value) ? null : `only ${values.join(' and ')}`;

/** How Linux makes or paces packets, or remembers things across connections: nothing that a packet script shows here. */
const noEffect: Setting = () => null;

/** A field of the profile that the stack may have or not. */
const field = (settings: Settings, name: string, value: unknown, wanted: boolean): string | null => {
  if (name in settings.profile) {
    (settings.profile as Record<string, unknown>)[name] = value;
    return null;
  }
  return wanted ? 'the stack does not have it' : null;
};

const key: Setting = (settings, value) => {
  const keys = value.split(',').map((one) => one.split('-'));
  if (
    keys.length > 2 ||
    keys.some((words) => words.length !== 4 || words.some((word) => !/^[\da-f]{1,8}$/i.test(word)))
  ) {
    return `${value} is not a key`;
  }
  // The first makes cookies, the second is only accepted: it is set first and then replaced.
  for (const words of keys.reverse()) {
    settings.cookieKeys.push(Int32Array.from(words, (word) => Number.parseInt(word, 16) | 0));
  }
  return null;
};

/** Least, default and most: Linux offers the window scale that the most needs. */
const receiveMemory: Setting = (settings, value) => {
  const parts = value.trim().split(/\s+/).map(whole);
  if (parts.length !== 3 || parts.includes(null)) return `${value} is not three numbers`;
  const [, normal, most] = parts as number[];
  let scale = 0;
  while (scale < 14 && most / (1 << scale) > 65_535) scale++;
  settings.profile.windowScale = scale;
  settings.profile.receiveBuffer = Math.min(Math.max(normal >> 1, 2048), 1 << 30);
  return null;
};

const SETTINGS: Readonly<Record<string, Setting>> = {
  tcp_timestamps: (settings, value) => {
    settings.profile.timestamps = value === '0' ? 'refuse' : 'ask';
    return ['0', '1', '2'].includes(value) ? null : `${value} is none of 0, 1 and 2`;
  },
  tcp_sack: (settings, value) => field(settings, 'sack', value !== '0', value !== '0'),
  tcp_dsack: (settings, value) => field(settings, 'dsack', value !== '0', false),
  tcp_fack: noEffect,
  tcp_window_scaling: only('1'),
  tcp_syn_retries: count(({ profile }, value) => (profile.synRetries = value), 127),
  tcp_synack_retries: count(({ profile }, value) => (profile.synAckRetries = value), 127),
  tcp_retries2: count(({ profile }, value) => (profile.dataRetries = value), 255),
  tcp_retries1: noEffect,
  tcp_orphan_retries: noEffect,
  tcp_fin_timeout: noEffect,
  tcp_fastopen: count((settings, value) => {
    settings.fastOpen = value;
    const [client, server] = [(value & 4) !== 0, (value & 0x200) !== 0];
    settings.profile.fastOpenCookieless = client ? (server ? 'both' : 'client') : server ? 'server' : 'nobody';
  }, 0xffff_ffff),
  tcp_fastopen_key: key,
  tcp_fastopen_blackhole_timeout_sec: count(({ profile }, value) => (profile.fastOpenBlackHole = value * SECOND)),
  tcp_keepalive_time: count(({ profile }, value) => (profile.keepAliveIdle = value * SECOND)),
  tcp_keepalive_intvl: count(({ profile }, value) => (profile.keepAliveInterval = value * SECOND)),
  tcp_keepalive_probes: count(({ profile }, value) => (profile.keepAliveProbes = value), 127),
  tcp_rmem: receiveMemory,
  tcp_wmem: noEffect,
  tcp_ecn: (settings, value) => {
    const modes: Readonly<Record<string, string>> = { 0: 'off', 1: 'ask', 2: 'agree' };
    if (modes[value] === undefined) return 'only 0, 1 and 2';
    return field(settings, 'ecn', modes[value], value === '1');
  },
  tcp_ecn_option: noEffect,
  tcp_ecn_fallback: noEffect,
  tcp_congestion_control: (settings, value) => {
    if (value !== 'reno' && value !== 'cubic') return 'only cubic and reno';
    return field(settings, 'congestionControl', value, value !== 'reno');
  },
  tcp_early_retrans: noEffect,
  tcp_recovery: noEffect,
  tcp_frto: noEffect,
  tcp_reordering: only('3'),
  tcp_max_reordering: noEffect,
  tcp_slow_start_after_idle: noEffect,
  tcp_no_metrics_save: noEffect,
  tcp_no_ssthresh_metrics_save: noEffect,
  tcp_moderate_rcvbuf: noEffect,
  tcp_min_tso_segs: noEffect,
  tcp_tso_win_divisor: noEffect,
  tcp_tso_rtt_log: noEffect,
  tcp_pacing_ss_ratio: noEffect,
  tcp_pacing_ca_ratio: noEffect,
  tcp_notsent_lowat: (_settings, value) => (Number(value) >= 0x7fff_ffff ? null : 'there is no such limit'),
  tcp_limit_output_bytes: noEffect,
  tcp_autocorking: noEffect,
  tcp_syncookies: noEffect,
  tcp_max_syn_backlog: noEffect,
  tcp_challenge_ack_limit: noEffect,
  tcp_invalid_ratelimit: noEffect,
  tcp_mtu_probing: only('0'),
  tcp_base_mss: noEffect,
  tcp_adv_win_scale: noEffect,
  tcp_comp_sack_nr: noEffect,
  tcp_comp_sack_delay_ns: noEffect,
  tcp_min_rtt_wlen: noEffect,
  ip_no_pmtu_disc: noEffect,
};

/** `openwsk.nagle=rfc1122`: a constant of our own profile; times are in seconds. */
const setProfile = (settings: Settings, name: string, value: string): string | null => {
  const profile: Record<string, unknown> = settings.profile;
  const before = Object.hasOwn(profile, name) ? profile[name] : undefined;
  if (typeof before === 'boolean' && /^[01]$/.test(value)) profile[name] = value === '1';
  else if (typeof before === 'string' && /^[a-z\d]+$/.test(value)) profile[name] = value;
  else if (typeof before === 'number' && /^\d+(?:\.\d+)?$/.test(value)) {
    profile[name] = TIMES.test(name) ? Number(value) * SECOND : Number(value);
  } else return `openwsk.${name}=${value}: no such constant or value`;
  return null;
};

/** The constants that are times. */
const TIMES = /Rto$|^delayedAck$|^timeWait$|^keepAlive(?:Idle|Interval)$|^fastOpen(?:ResetHold|Backoff|BlackHole)$/;

/** @param name such as `net.ipv4.tcp_sack`, `/proc/sys/net/ipv4/tcp_sack` or `openwsk.nagle` */
export const setSysctl = (settings: Settings, name: string, value: string): string | null => {
  if (name.startsWith('openwsk.')) return setProfile(settings, name.slice('openwsk.'.length), value.trim());
  const last = name.split(/[./]/).pop()!;
  const setting = Object.hasOwn(SETTINGS, last) ? SETTINGS[last] : undefined;
  if (setting === undefined) return `there is no setting ${last}`;
  const problem = setting(settings, value.trim());
  return problem === null ? null : `${last}=${value}: ${problem}`;
};
