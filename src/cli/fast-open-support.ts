import { readFileSync } from 'node:fs';

const SYSCTL = '/proc/sys/net/ipv4/tcp_fastopen';
const CLIENT = 1;
const SERVER = 2;

export interface FastOpenSupport {
  readonly client: { readonly on: boolean; readonly text: string };
  readonly server: { readonly on: boolean; readonly text: string };
}

/** What this system's TCP says about Fast Open, and how to switch it on. */
export const fastOpenSupport = (): FastOpenSupport => {
  let value: number;
  try {
    value = Number(readFileSync(SYSCTL, 'utf8'));
  } catch {
    const text = 'this system does not tell about Fast Open; data follows the handshake';
    return { client: { on: false, text }, server: { on: false, text } };
  }
  const side = (bit: number, name: string) => {
    const on = (value & bit) !== 0;
    const how = `Fast Open is off for ${name} here: data follows the handshake. Switch it on with: sysctl -w net.ipv4.tcp_fastopen=3`;
    return { on, text: on ? `Fast Open is on for ${name} (net.ipv4.tcp_fastopen is ${value})` : how };
  };
  return { client: side(CLIENT, 'clients'), server: side(SERVER, 'servers') };
};
