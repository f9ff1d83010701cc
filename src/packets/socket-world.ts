import type { Host } from '../tcpip/index.ts';
import type { SocketWorld } from './posix-socket.ts';
import type { Settings } from './settings.ts';
import { addressBytes, type ScriptSetup } from './setup.ts';

const words = (text: string): Int32Array => {
  const bytes = addressBytes(text);
  const view = new DataView(bytes.buffer);
  return Int32Array.from({ length: 4 }, (_, i) => (4 * i < bytes.length ? view.getInt32(4 * i) : 0));
};

/** What the sockets of a script share. Settings are looked at when they are asked for: commands change them. */
export const makeSocketWorld = (
  host: Host,
  settings: Settings,
  setup: ScriptSetup,
  setCookieKey: (key: Int32Array) => void,
): SocketWorld => ({
  host,
  profile: settings.profile,
  get fastOpenClient() {
    return (settings.fastOpen & 1) !== 0;
  },
  get fastOpenServer() {
    return (settings.fastOpen & 2) !== 0;
  },
  get fastOpenListeners() {
    return (settings.fastOpen & 0x400) !== 0;
  },
  get sendBuffer() {
    return settings.sendBuffer;
  },
  get receiveBuffer() {
    return settings.profile.receiveBuffer;
  },
  addresses: {
    remote4: words(setup.remote4),
    remote6: words(setup.remote6),
    connectPort: setup.connectPort,
    bindPort: setup.bindPort,
  },
  setCookieKey,
});
