import { ACK, buildIcmp, buildRawTcp, PROTOCOL_ICMP, PROTOCOL_ICMPV6, SYN } from '../tcpip/wire/index.ts';
import { FAST_OPEN_EXPERIMENT, TCP_OPTION } from '../tcpip/wire/tcp-options.ts';
import type { Flow } from './flow.ts';
import { icmpTypeAndCode } from './icmp-codes.ts';
import { wrapInIp } from './live-packet.ts';
import { fillPattern } from './pattern.ts';
import type { ScriptIcmp, ScriptPacket, ScriptTcpOption } from './script.ts';
import { syntaxError, unsupported } from './script-error.ts';

/** Packets of the remote side, from the script's notation to bytes. */

const MOST_OPTION_BYTES = 40;
/** What the arena's slots hold. */
const MOST_PACKET = 2048;

export const inboundPacket = (
  packet: ScriptPacket,
  flow: Flow,
  local: Uint8Array,
  cookieOf: (option: ScriptTcpOption & { kind: 'FO' }) => Uint8Array,
  line: number,
): Uint8Array => {
  const isSyn = (packet.flags & SYN) !== 0;
  const remoteShift = flow.remoteShift(isSyn);
  const localShift = flow.localShift(isSyn);
  const options = optionBytes(packet.options ?? [], flow, cookieOf, line);
  const payload = new Uint8Array(packet.length);
  // The first byte of the stream is number 1, whether it comes with the SYN or behind it.
  const offset = isSyn ? 0 : packet.seq - 1;
  fillPattern(payload, 0, packet.length, offset);
  const segment = buildRawTcp(
    {
      sourcePort: flow.remotePort,
      destinationPort: flow.localPort,
      sequence: (packet.seq + remoteShift) >>> 0,
      acknowledgment: (packet.flags & ACK) === 0 ? 0 : ((packet.ack ?? 0) + localShift) >>> 0,
      flags: packet.flags,
      window: packet.window ?? 0,
      urgent: packet.urgent ?? 0,
      options,
      payload,
    },
    flow.remote,
    local,
  );
  const bytes = wrapInIp(flow.remote, local, 6, packet.ecn ?? 0, segment);
  if (bytes.length > MOST_PACKET) throw unsupported(line, `a packet of ${bytes.length} bytes`);
  return bytes;
};

const optionBytes = (
  options: readonly ScriptTcpOption[],
  flow: Flow,
  cookieOf: (option: ScriptTcpOption & { kind: 'FO' }) => Uint8Array,
  line: number,
): Uint8Array => {
  const out: number[] = [];
  const uint16 = (value: number) => out.push((value >>> 8) & 0xff, value & 0xff);
  const uint32 = (value: number) => {
    uint16(value >>> 16);
    uint16(value & 0xffff);
  };
  for (const option of options) {
    switch (option.kind) {
      case 'nop':
        out.push(TCP_OPTION.noOperation);
        break;
      case 'eol':
        out.push(TCP_OPTION.end);
        break;
      case 'mss':
        out.push(TCP_OPTION.mss, 4);
        uint16(option.mss);
        break;
      case 'wscale':
        out.push(TCP_OPTION.windowScale, 3, option.shift);
        break;
      case 'sackOK':
        out.push(TCP_OPTION.sackPermitted, 2);
        break;
      case 'sack':
        out.push(TCP_OPTION.sack, 2 + 8 * option.blocks.length);
        for (const block of option.blocks) for (const edge of block) uint32((edge + flow.localShift(false)) >>> 0);
        break;
      case 'TS':
        out.push(TCP_OPTION.timestamps, 10);
        uint32(option.value);
        uint32(flow.timestamps.get(option.echo) ?? option.echo);
        break;
      case 'FO': {
        const cookie = cookieOf(option);
        if (option.experimental) {
          out.push(TCP_OPTION.experiment, 4 + cookie.length);
          uint16(FAST_OPEN_EXPERIMENT);
        } else out.push(TCP_OPTION.fastOpen, 2 + cookie.length);
        out.push(...cookie);
        break;
      }
      case 'unknown':
        out.push(option.number, 2 + option.bytes.length, ...option.bytes);
    }
  }
  while (out.length % 4 !== 0) out.push(TCP_OPTION.end);
  if (out.length > MOST_OPTION_BYTES) throw syntaxError(line, `${out.length} bytes of options; a header holds 40`);
  return Uint8Array.from(out);
};

/** An error from the remote address about a segment of ours. */
export const inboundIcmp = (message: ScriptIcmp, flow: Flow, local: Uint8Array, line: number): Uint8Array => {
  const isV4 = flow.version === 4;
  const [type, code] = icmpTypeAndCode(message, flow.version, line);
  const quoted = buildRawTcp(
    {
      sourcePort: flow.localPort,
      destinationPort: flow.remotePort,
      sequence: (message.seq + flow.localShift(true)) >>> 0,
      acknowledgment: 0,
      flags: 0,
      window: 0,
      urgent: 0,
      options: new Uint8Array(0),
      payload: new Uint8Array(0),
    },
    local,
    flow.remote,
  );
  const body = wrapInIp(local, flow.remote, 6, 0, quoted);
  const icmp = buildIcmp({ type, code, rest: message.mtu, body }, isV4 ? null : [flow.remote, local]);
  return wrapInIp(flow.remote, local, isV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6, 0, icmp);
};
