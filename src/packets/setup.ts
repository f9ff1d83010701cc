import { Random } from '../base/index.ts';
import {
  type AddressWords,
  type Link,
  type LinkEnd,
  PacketArena,
  type PacketReceiver,
  parseAddress,
} from '../link/index.ts';
import { Host } from '../tcpip/index.ts';
import { VirtualExecutor } from '../time/index.ts';
import type { Script } from './script.ts';
import { syntaxError, unsupported } from './script-error.ts';
import type { Settings } from './settings.ts';

/** What the options at the head of a script say, with packetdrill's defaults. */
export interface ScriptSetup {
  readonly version: 4 | 6;
  readonly local4: string;
  readonly remote4: string;
  readonly local6: string;
  readonly remote6: string;
  readonly bindPort: number;
  readonly connectPort: number;
  readonly mtu: number;
  /** Nanoseconds that a packet or the end of a call may be early or late. */
  readonly tolerance: number;
  /** Microseconds; 0: timestamps of ours are not compared. */
  readonly timestampTick: number;
  /** Packets longer than a segment stand for themselves, not for several in a row. */
  readonly strictSegments: boolean;
}

const DEFAULTS = {
  version: 4 as 4 | 6,
  local4: '192.168.0.1',
  remote4: '192.0.2.1',
  local6: 'fd3d:a0b:17d6::1',
  remote6: '2001:db8::1',
  bindPort: 8080,
  connectPort: 8080,
  mtu: 1500,
  tolerance: 4_000_000,
  timestampTick: 0,
  strictSegments: false,
};

export const readSetup = (script: Script): ScriptSetup => {
  const setup = { ...DEFAULTS };
  for (const { name, value, line } of script.options) {
    const number = (least: number, most: number): number => {
      const found = Number(value);
      if (/^\d+$/.test(value) && found >= least && found <= most) return found;
      throw syntaxError(line, `--${name} takes a number from ${least} to ${most}`);
    };
    switch (name) {
      case 'ip_version':
        if (value !== 'ipv4' && value !== 'ipv6') throw unsupported(line, `--ip_version=${value}`);
        setup.version = value === 'ipv4' ? 4 : 6;
        break;
      case 'local_ip':
        if (readAddress(value, line).version === 4) setup.local4 = value;
        else setup.local6 = value;
        break;
      case 'remote_ip':
        if (readAddress(value, line).version === 4) setup.remote4 = value;
        else setup.remote6 = value;
        break;
      case 'bind_port':
        setup.bindPort = number(1, 65_535);
        break;
      case 'connect_port':
        setup.connectPort = number(1, 65_535);
        break;
      case 'mtu':
        setup.mtu = number(576, 2048);
        break;
      case 'tolerance_usecs':
        setup.tolerance = number(0, 10_000_000) * 1000;
        break;
      case 'tcp_ts_tick_usecs':
        setup.timestampTick = number(0, 10_000_000);
        break;
      case 'strict_segments':
        setup.strictSegments = true;
        break;
      // About the system that packetdrill runs on, or about how it prints.
      case 'define':
      case 'tcp_ts_ecr_scaled':
      case 'netmask_ip':
      case 'gateway_ip':
      case 'speed':
      case 'verbose':
      case 'debug':
      case 'dry_run':
      case 'non_fatal':
      case 'send_omit_free':
      case 'code_command':
      case 'code_format':
        break;
      default:
        throw unsupported(line, `--${name}`);
    }
  }
  return setup;
};

const readAddress = (text: string, line: number): AddressWords => {
  try {
    return parseAddress(text);
  } catch {
    throw syntaxError(line, `"${text}" is not an address`);
  }
};

/** The bytes of an address, network order. */
export const addressBytes = (text: string): Uint8Array => {
  const { version, words } = parseAddress(text);
  const bytes = new Uint8Array(version === 4 ? 4 : 16);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < bytes.length / 4; i++) view.setInt32(4 * i, words[i]);
  return bytes;
};

/** The machine under test: one host whose only link ends at the script. */
export class TestMachine {
  readonly executor = new VirtualExecutor();
  readonly arena = new PacketArena({ maxPackets: 65_536 });
  readonly host: Host;
  private receiver: PacketReceiver | null = null;
  private port = 0;

  constructor(setup: ScriptSetup, settings: Settings, onPacket: (bytes: Uint8Array) => void) {
    const { executor, arena } = this;
    this.host = new Host({ name: 'script', executor, arena, random: new Random(1), profile: settings.profile });
    const link: Link = {
      name: 'script',
      attach: (receiver, port, name): LinkEnd => {
        this.receiver = receiver;
        this.port = port;
        const send = (packet: number): void => {
          const bytes = arena.bytesOf(packet).slice();
          arena.release(packet);
          onPacket(bytes);
        };
        return { name, mtu: setup.mtu, send };
      },
    };
    const port = this.host.addInterface(link, [`${setup.local4}/32`, `${setup.local6}/128`]);
    this.host.addRoute('default', port);
  }

  /** A packet arrives. @returns false when there is no room for it */
  deliver(bytes: Uint8Array): boolean {
    const packet = this.arena.from(bytes);
    if (packet === 0) return false;
    this.receiver!.receive(packet, this.port);
    return true;
  }
}
