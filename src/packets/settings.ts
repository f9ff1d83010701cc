import { linuxProfile, type TcpProfile } from '../tcpip/index.ts';

/** How the machine under test is set up: what options, commands and socket options of a script change. */
export interface Settings {
  readonly profile: { -readonly [K in keyof TcpProfile]: TcpProfile[K] };
  /** As the bits of Linux's tcp_fastopen: 1 client, 2 server, 0x400 every listener. */
  fastOpen: number;
  /** Keys for cookies that the script sets, the newest last. */
  readonly cookieKeys: Int32Array[];
  sendBuffer: number;
  /** Remembered cookies and failures are to be forgotten. */
  flush: boolean;
}

export const newSettings = (): Settings => ({
  profile: { ...linuxProfile },
  fastOpen: 1,
  cookieKeys: [],
  sendBuffer: 4 << 20,
  flush: false,
});
