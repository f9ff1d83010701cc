import { ICMP, ICMPV6 } from '../tcpip/wire/index.ts';
import type { ScriptIcmp } from './script.ts';
import { unsupported } from './script-error.ts';

/** The names that scripts give to ICMP's types and codes. */
const TYPES_V4: Readonly<Record<string, number>> = {
  echo_reply: ICMP.echoReply,
  unreachable: ICMP.unreachable,
  echo_request: ICMP.echoRequest,
  time_exceeded: ICMP.timeExceeded,
  parameter_problem: ICMP.parameterProblem,
};
const TYPES_V6: Readonly<Record<string, number>> = {
  unreachable: ICMPV6.unreachable,
  packet_too_big: ICMPV6.packetTooBig,
  time_exceeded: ICMPV6.timeExceeded,
  parameter_problem: ICMPV6.parameterProblem,
  echo_request: ICMPV6.echoRequest,
  echo_reply: ICMPV6.echoReply,
};
const UNREACHABLE_V4: Readonly<Record<string, number>> = {
  net_unreachable: 0,
  host_unreachable: 1,
  protocol_unreachable: 2,
  port_unreachable: 3,
  frag_needed: 4,
  source_route_failed: 5,
  net_unknown: 6,
  net_unreachable_for_tos: 11,
  host_unreachable_for_tos: 12,
  packet_filtered: 13,
};
const UNREACHABLE_V6: Readonly<Record<string, number>> = {
  net_unreachable: 0,
  no_route: 0,
  packet_filtered: 1,
  admin_prohibited: 1,
  host_unreachable: 3,
  address_unreachable: 3,
  port_unreachable: 4,
};

/** @throws PacketScriptError of kind `unsupported` for a name that the family does not have */
export const icmpTypeAndCode = ({ type, code }: ScriptIcmp, version: 4 | 6, line: number): [number, number] => {
  const number = (version === 4 ? TYPES_V4 : TYPES_V6)[type];
  if (number === undefined) throw unsupported(line, `ICMP ${type}`);
  if (code === null) return [number, 0];
  const codes = version === 4 ? UNREACHABLE_V4 : UNREACHABLE_V6;
  const found = type === 'unreachable' ? codes[code] : undefined;
  if (found === undefined) throw unsupported(line, `ICMP code ${code}`);
  return [number, found];
};

/** What a live message is called. */
export const icmpName = (type: number, code: number, version: 4 | 6): { type: string; code: string | null } => {
  const name = nameOf(version === 4 ? TYPES_V4 : TYPES_V6, type);
  if (name !== 'unreachable') return { type: name, code: null };
  return { type: name, code: nameOf(version === 4 ? UNREACHABLE_V4 : UNREACHABLE_V6, code) };
};

const nameOf = (names: Readonly<Record<string, number>>, number: number): string =>
  Object.keys(names).find((name) => names[name] === number) ?? `${number}`;
