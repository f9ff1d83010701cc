import { ACK, RST, SYN } from '../tcpip/wire/index.ts';
import type { Nanoseconds } from '../time/index.ts';
import { resultText, startCall } from './calls.ts';
import { type CompareOptions, differences } from './compare.ts';
import { CookieBook, currentCookie } from './cookies.ts';
import { DatagramFlow, datagramDifferences, icmpDifferences } from './datagram-flow.ts';
import { datagramText, icmpText } from './datagram-notation.ts';
import { Descriptors } from './descriptors.ts';
import { sameErrno } from './errno.ts';
import { runCode } from './expression.ts';
import type { Flow } from './flow.ts';
import { FlowTable } from './flow-table.ts';
import { inboundIcmp, inboundPacket } from './inbound.ts';
import { joinSegments } from './join-segments.ts';
import { type LiveDatagram, type LivePacket, readLivePacket } from './live-packet.ts';
import { liveSegmentText, scriptPacketText } from './packet-notation.ts';
import type { PendingCall } from './pending-call.ts';
import type { PosixSocket } from './posix-socket.ts';
import type {
  Script,
  ScriptCall,
  ScriptDatagram,
  ScriptEvent,
  ScriptIcmp,
  ScriptPacket,
  ScriptTcpOption,
} from './script.ts';
import { PacketScriptError, unsupported } from './script-error.ts';
import { newSettings } from './settings.ts';
import { addressBytes, readSetup, type ScriptSetup, TestMachine } from './setup.ts';
import { runShell } from './shell.ts';
import { makeSocketWorld } from './socket-world.ts';
import { tcpInfo } from './tcp-info.ts';

/** The most events of the machine for one event of the script: no script is meant to run away. */
const MOST_STEPS = 200_000;
/** How long `*` waits for a packet, in virtual time. */
const PATIENCE: Nanoseconds = 100_000 * 1_000_000_000;
const FIRST_REMOTE_PORT = 40_001;

interface Blocked {
  readonly call: ScriptCall;
  readonly line: number;
  readonly pending: PendingCall;
  readonly due: Nanoseconds;
  result: number | string | null;
  returnedAt: Nanoseconds;
}

/** One run of a script: carries its events out in order and compares what the stack does. */
export class ScriptRun {
  /** Events carried out. */
  done = 0;
  private readonly script: Script;
  private readonly setup: ScriptSetup;
  private readonly strict: boolean;
  private readonly compare: CompareOptions;
  private readonly settings = newSettings();
  private readonly cookies = new CookieBook();
  private readonly flows = new FlowTable();
  private readonly datagrams: DatagramFlow;
  private machine: TestMachine | null = null;
  private descriptors: Descriptors | null = null;
  private flow: Flow | null = null;
  private nextRemotePort = FIRST_REMOTE_PORT;
  private blocked: Blocked | null = null;
  private lastTime: Nanoseconds = 0;
  private keysSet = 0;
  /** The script ends with this event's line. */
  private line = 1;
  private strange: string | null = null;

  constructor(script: Script, options: { readonly ignorePush: boolean; readonly strict: boolean }) {
    this.script = script;
    this.setup = readSetup(script);
    this.strict = options.strict;
    const { version, bindPort, connectPort } = this.setup;
    const local = addressBytes(version === 4 ? this.setup.local4 : this.setup.local6);
    this.datagrams = new DatagramFlow(version, local, this.remote, [bindPort, connectPort]);
    this.compare = {
      ignorePush: options.ignorePush,
      timestampTick: this.setup.timestampTick,
      tolerance: this.setup.tolerance,
      cookieOf: (option) => this.cookieOf(option),
    };
  }

  get now(): Nanoseconds {
    return this.machine?.executor.now() ?? 0;
  }

  run(): void {
    for (const event of this.script.events) {
      this.line = event.line;
      this.carryOut(event);
      if (this.strange !== null) throw this.failure(event.line, `the stack sent ${this.strange}`);
      this.done++;
    }
    this.finishBlocked(this.line);
    if (this.strict) this.checkLeftovers();
  }

  private carryOut(event: ScriptEvent): void {
    const { action, line } = event;
    if (action.kind === 'tcp' && action.packet.direction === 'out') {
      this.expectPacket(event, action.packet);
      return;
    }
    if (action.kind === 'udp' && action.datagram.direction === 'out') {
      const { datagram } = action;
      this.expectDatagram(event, datagramText(datagram), (got) => datagramDifferences(datagram, got));
      return;
    }
    if (action.kind === 'icmp' && action.message.direction === 'out') {
      const { message } = action;
      this.expectDatagram(event, icmpText(message), (got) =>
        icmpDifferences(message, got, this.datagrams.nameOf(got), event.line),
      );
      return;
    }
    if (action.kind === 'shell') {
      this.advanceTo(event);
      const problem = runShell(this.settings, action.text);
      if (problem !== null) throw unsupported(line, problem);
      if (this.machine !== null) this.applySettings();
      return;
    }
    this.boot();
    this.advanceTo(event);
    if (action.kind === 'tcp') this.deliver(action.packet, line);
    else if (action.kind === 'udp') this.deliverDatagram(action.datagram, line);
    else if (action.kind === 'icmp') this.deliverIcmp(action.message, line);
    else if (action.kind === 'call') this.call(action.call, event);
    else this.check(action.text, line);
  }

  // --- time

  /** When the event is due: the earliest and latest moment. */
  private due({ time }: ScriptEvent): [Nanoseconds, Nanoseconds] {
    if (time.kind === 'any') return [this.now, this.now + PATIENCE];
    const base = time.kind === 'after' ? this.lastTime : 0;
    return [base + time.from, base + time.to];
  }

  private advanceTo(event: ScriptEvent): void {
    const [from] = this.due(event);
    if (this.machine !== null) {
      if (from < this.now - this.setup.tolerance) {
        throw this.failure(event.line, `this event was due at ${(from / 1e9).toFixed(6)} s already`);
      }
      this.runUntil(from, event.line);
    }
    this.lastTime = from;
  }

  private runUntil(time: Nanoseconds, line: number): void {
    const { executor } = this.machine!;
    for (let steps = 0; ; steps++) {
      const { blocked } = this;
      const deadline = blocked?.result === null ? (blocked.pending.deadline ?? Infinity) : Infinity;
      const next = Math.min(executor.nextTime, Math.max(deadline, this.now));
      if (next > time) break;
      if (steps > MOST_STEPS) throw this.failure(line, 'the machine does not come to rest');
      if (executor.nextTime <= next) executor.step();
      else executor.runUntil(next);
      this.pollBlocked();
    }
    executor.runUntil(time);
    this.pollBlocked();
  }

  // --- the machine

  private boot(): TestMachine {
    if (this.machine !== null) return this.machine;
    const { setup, settings } = this;
    const machine = new TestMachine(setup, settings, (bytes) => this.onPacket(bytes));
    this.machine = machine;
    const world = makeSocketWorld(machine.host, settings, setup, (key) => this.setCookieKey(key));
    this.descriptors = new Descriptors(world, setup.version);
    machine.executor.runUntil(this.lastTime);
    this.applySettings();
    return machine;
  }

  private applySettings(): void {
    const { settings, machine } = this;
    for (; this.keysSet < settings.cookieKeys.length; this.keysSet++)
      this.setCookieKey(settings.cookieKeys[this.keysSet]);
    if (settings.flush) machine!.host.tcp.fastOpenCache.clear();
    settings.flush = false;
  }

  private setCookieKey(key: Int32Array): void {
    this.cookies.add(key);
    this.machine!.host.tcp.fastOpenServer.rotate(key);
  }

  private onPacket(bytes: Uint8Array): void {
    const packet = readLivePacket(bytes, this.now);
    if (typeof packet === 'string') this.strange ??= packet;
    else if ('segment' in packet) this.flows.sent(packet);
    else this.datagrams.sent(packet);
  }

  private get remote(): Uint8Array {
    return addressBytes(this.setup.version === 4 ? this.setup.remote4 : this.setup.remote6);
  }

  private localOf(flow: Flow): Uint8Array {
    return addressBytes(flow.version === 4 ? this.setup.local4 : this.setup.local6);
  }

  /** The cookie that an option of the script stands for, on the present connection. */
  private cookieOf(option: ScriptTcpOption & { kind: 'FO' }): Uint8Array {
    const { host } = this.machine!;
    const flow = this.flow!;
    const words = (bytes: Uint8Array): Int32Array => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      return Int32Array.from({ length: 4 }, (_, i) => (4 * i < bytes.length ? view.getInt32(4 * i) : 0));
    };
    const path = host.pathTo(flow.version, words(this.localOf(flow)), words(flow.remote));
    if (typeof path === 'number') return option.cookie ?? new Uint8Array(0);
    const cookie =
      option.cookie === null
        ? currentCookie(host.tcp.fastOpenServer, path)
        : this.cookies.translate(option.cookie, path);
    host.paths.release(path);
    return cookie;
  }

  // --- packets to us

  private deliver(packet: ScriptPacket, line: number): void {
    const flow = this.flowForInbound(packet);
    this.flow = flow;
    if ((packet.flags & SYN) !== 0) {
      const mss = packet.options?.find((option) => option.kind === 'mss')?.mss ?? 536;
      flow.remoteSyn(packet.seq, mss, (packet.flags & ACK) !== 0);
    } else if ((packet.flags & RST) === 0) flow.remoteSegment();
    const bytes = inboundPacket(packet, flow, this.localOf(flow), this.compare.cookieOf, line);
    if (!this.machine!.deliver(bytes)) throw this.failure(line, 'no room for another packet');
    this.pollBlocked();
  }

  /** A SYN opens a new connection when somebody listens, unless its ports are written out; all else goes to the present one. */
  private flowForInbound(packet: ScriptPacket): Flow {
    const { setup } = this;
    if (packet.ports !== null) return this.flows.of(setup.version, packet.ports[1], packet.ports[0], this.remote);
    const isSyn = (packet.flags & (SYN | ACK)) === SYN;
    const listens = this.descriptors!.all().some((socket) => socket.listener !== null);
    if (this.flow !== null && !(isSyn && listens)) return this.flow;
    return this.flows.of(setup.version, setup.bindPort, this.nextRemotePort++, this.remote);
  }

  private deliverIcmp(message: ScriptIcmp, line: number): void {
    if (message.quoted !== null || message.id !== null) {
      this.machine!.deliver(this.datagrams.inboundIcmp(message, line));
    } else if (this.flow === null) throw unsupported(line, 'an ICMP error before any connection');
    else this.machine!.deliver(inboundIcmp(message, this.flow, this.localOf(this.flow), line));
    this.pollBlocked();
  }

  private deliverDatagram(datagram: ScriptDatagram, line: number): void {
    if (!this.machine!.deliver(this.datagrams.inbound(datagram, line))) {
      throw this.failure(line, 'no room for another packet');
    }
    this.pollBlocked();
  }

  // --- packets of ours

  private expectPacket(event: ScriptEvent, expected: ScriptPacket): void {
    const { line } = event;
    this.boot();
    const [from, to] = this.due(event);
    const tolerance = event.time.kind === 'any' ? 0 : this.setup.tolerance;
    const flow = this.flowForOutbound(expected);
    if ((expected.flags & SYN) !== 0 && flow !== null) flow.scriptLocalIsn = expected.seq;
    const live = flow === null ? null : this.awaitPacket(flow.queue, to + tolerance, line);
    if (flow === null || live === null) {
      const until = event.time.kind === 'any' ? '' : ` by ${((to + tolerance) / 1e9).toFixed(6)} s`;
      throw this.failure(line, `no packet${until}\n  expected  ${scriptPacketText(expected)}`);
    }
    this.flow = flow;
    const joined = this.setup.strictSegments
      ? live
      : joinSegments(flow, live, expected.length, to + tolerance, this.setup.mtu);
    const got = flow.toScript(joined.segment);
    const wrong = differences(expected, got, live.ecn, flow, this.compare);
    const isEarly = live.at < from - tolerance;
    if (wrong.length > 0 || isEarly) {
      const when = `sent at ${(live.at / 1e9).toFixed(6)} s`;
      const what = wrong.length > 0 ? `another packet than expected (${wrong.join(', ')})` : 'a packet too early';
      const window = from === to ? `at ${(from / 1e9).toFixed(6)} s` : `from ${from / 1e9} to ${to / 1e9} s`;
      throw this.failure(
        line,
        `${what}\n  expected  ${scriptPacketText(expected)}  ${event.time.kind === 'any' ? 'at any time' : window}` +
          `\n  got       ${liveSegmentText(got, live.ecn, expected)}  ${when}`,
      );
    }
    this.lastTime = event.time.isRange ? live.at : from;
  }

  private expectDatagram(event: ScriptEvent, expected: string, compare: (got: LiveDatagram) => string[]): void {
    const { line } = event;
    this.boot();
    const [from, to] = this.due(event);
    const tolerance = event.time.kind === 'any' ? 0 : this.setup.tolerance;
    const got = this.awaitPacket(this.datagrams.queue, to + tolerance, line);
    if (got === null) throw this.failure(line, `no packet\n  expected  ${expected}`);
    const wrong = compare(got);
    if (got.at < from - tolerance) wrong.push('too early');
    if (wrong.length > 0) {
      throw this.failure(
        line,
        `another packet than expected (${wrong.join(', ')})\n  expected  ${expected}` +
          `\n  got       ${this.liveText(got)}  sent at ${(got.at / 1e9).toFixed(6)} s`,
      );
    }
    this.lastTime = event.time.isRange ? got.at : from;
  }

  private liveText(got: LiveDatagram): string {
    const name = this.datagrams.nameOf(got);
    return 'length' in name ? datagramText(name) : icmpText(name);
  }

  private flowForOutbound(expected: ScriptPacket): Flow | null {
    if (expected.ports !== null) {
      return this.flows.of(this.setup.version, expected.ports[0], expected.ports[1], this.remote);
    }
    // A SYN of ours belongs to the connection that was opened last.
    if ((expected.flags & (SYN | ACK | RST)) === SYN) {
      const newest = this.flows.newestWithSyn();
      if (newest !== null) return newest;
    }
    return this.flow;
  }

  /** The next packet of a queue, waiting for it until `latest`; null when none comes. */
  private awaitPacket<T extends LivePacket | LiveDatagram>(queue: T[], latest: Nanoseconds, line: number): T | null {
    const { executor } = this.machine!;
    for (let steps = 0; queue.length === 0; ) {
      if (!(executor.nextTime <= latest)) {
        if (latest - this.now < PATIENCE / 2) this.runUntil(latest, line);
        if (queue.length === 0) return null;
        break;
      }
      this.runUntil(executor.nextTime, line);
      if (++steps > MOST_STEPS) throw this.failure(line, 'the machine does not come to rest');
    }
    return queue.shift()!;
  }

  // --- calls

  private call(call: ScriptCall, event: ScriptEvent): void {
    const { line } = event;
    this.finishBlocked(line);
    const flowsBefore = this.flows.all.length;
    const pending = startCall(call, line, this.descriptors!);
    const base = event.time.kind === 'after' ? this.lastTime - event.time.from : 0;
    const blocked: Blocked = {
      call,
      line,
      pending,
      due: call.end === null ? this.now : base + call.end,
      result: null,
      returnedAt: 0,
    };
    this.blocked = blocked;
    this.pollBlocked();
    this.followConnect(call, flowsBefore);
    if (call.end === null && blocked.result === null) {
      throw this.failure(line, `${call.name}() waits\n  expected  ${this.expectedResult(call)}`);
    }
    if (blocked.result !== null && call.end === null) this.finishBlocked(line);
  }

  /** After a connect the script's packets are those of the new connection. */
  private followConnect(call: ScriptCall, before: number): void {
    if (this.flows.all.length > before) this.flow = this.flows.all[this.flows.all.length - 1];
    if (call.name !== 'accept' && call.name !== 'accept4') return;
    const fd = this.blocked?.result;
    const connection = typeof fd === 'number' ? this.descriptors!.socket(fd)?.connection : null;
    if (connection === null || connection === undefined) return;
    const found = this.flows.all.find(
      ({ localPort, remotePort }) => localPort === connection.localPort && remotePort === connection.remotePort,
    );
    if (found !== undefined) this.flow = found;
  }

  private pollBlocked(): void {
    const { blocked } = this;
    if (blocked === null || blocked.result !== null) return;
    const result = blocked.pending.poll();
    if (result === null) return;
    blocked.result = result;
    blocked.returnedAt = this.now;
  }

  /** Waits for the call that is under way and looks at what it returned, and when. */
  private finishBlocked(line: number): void {
    const { blocked } = this;
    if (blocked === null) return;
    const { call, due } = blocked;
    const { tolerance } = this.setup;
    if (blocked.result === null) this.runUntil(Math.max(due + tolerance, this.now), line);
    this.blocked = null;
    const { result } = blocked;
    if (result === null)
      throw this.failure(blocked.line, `${call.name}() has not returned\n  expected  ${this.expectedResult(call)}`);
    const wanted = call.result;
    const fits =
      wanted.kind === 'any' ||
      (call.errno !== null
        ? typeof result === 'string' && sameErrno(result, call.errno)
        : this.sameNumber(call, result));
    if (!fits || blocked.pending.complaint !== null) {
      const got = blocked.pending.complaint ?? resultText(result as number);
      throw this.failure(
        blocked.line,
        `${call.name}() returned something else\n  expected  ${this.expectedResult(call)}\n  got       ${got}`,
      );
    }
    const late = blocked.returnedAt - due;
    if (call.end !== null && (late > tolerance || late < -tolerance)) {
      throw this.failure(
        blocked.line,
        `${call.name}() returned at ${(blocked.returnedAt / 1e9).toFixed(6)} s, expected at ${(due / 1e9).toFixed(6)} s`,
      );
    }
    this.checkBytes(blocked.line);
  }

  private sameNumber({ result }: ScriptCall, got: number | string): boolean {
    if (result.kind !== 'number') return typeof got === 'number';
    return typeof got === 'number' ? got === result.value : result.value === -1;
  }

  private expectedResult({ result, errno }: ScriptCall): string {
    const value = result.kind === 'number' ? `${result.value}` : '...';
    return errno === null ? value : `${value} ${errno}`;
  }

  /** What was read is what the remote side sent. */
  private checkBytes(line: number): void {
    for (const socket of this.descriptors!.all()) {
      if (socket.corruptAt >= 0) throw this.failure(line, `byte ${socket.corruptAt} of the stream was read wrong`);
    }
    for (const socket of this.descriptors!.allDatagrams()) {
      if (socket.corruptAt >= 0) throw this.failure(line, `byte ${socket.corruptAt} of a datagram was read wrong`);
    }
  }

  // --- code and the end

  private check(text: string, line: number): void {
    const found = runCode(text, line, tcpInfo(this.socketUnderTest()));
    if (found !== null) throw this.failure(found.line, found.message);
  }

  /** The socket of the present connection, else the newest with a connection. */
  private socketUnderTest(): PosixSocket | null {
    const { flow } = this;
    const sockets = this.descriptors!.all().reverse();
    const own = sockets.find(
      ({ connection, failed }) =>
        flow !== null &&
        (connection ?? failed)?.localPort === flow.localPort &&
        (connection ?? failed)?.remotePort === flow.remotePort,
    );
    return own ?? sockets.find(({ connection }) => connection !== null) ?? null;
  }

  private checkLeftovers(): void {
    const [datagram] = this.datagrams.queue;
    if (datagram !== undefined) {
      throw this.failure(this.line, `a packet that nothing expects\n  got       ${this.liveText(datagram)}`);
    }
    for (const flow of this.flows.all) {
      const [left] = flow.queue;
      if (left === undefined) continue;
      const like = { ports: null, ecn: null, window: null, options: [] } as unknown as ScriptPacket;
      const text = liveSegmentText(flow.toScript(left.segment), left.ecn, like);
      throw this.failure(
        this.line,
        `a packet that nothing expects\n  got       ${text}  sent at ${(left.at / 1e9).toFixed(6)} s`,
      );
    }
  }

  private failure(line: number, message: string): PacketScriptError {
    return new PacketScriptError('failed', line, message);
  }
}
