import type { NTSTATUS } from '../../base/index.ts';
import type { PacketArena, PacketHandle } from '../../link/index.ts';
import type { Executor, Nanoseconds } from '../../time/index.ts';
import type { HostCounters } from '../counters.ts';
import type { Path, PathTable } from '../path.ts';
import type { PortLease, PortTable } from '../ports.ts';
import type { TcpProfile } from '../profile.ts';
import { ACK, FIN, RST, SYN } from '../wire/tcp.ts';
import { armDelayedAck, cancelTimers, restartKeepAlive } from './alarms.ts';
import { type ByteSource, nobody, SendRequest, type TcpClient } from './client.ts';
import { abortConnection, discard } from './close.ts';
import { TcpConnection } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { DeferredOutput } from './deferred-output.ts';
import { FastOpenCache } from './fast-open-cache.ts';
import { judgeEnd } from './fast-open-client.ts';
import { FastOpenServer } from './fast-open-server.ts';
import { inputListen, openActive, openByCookie, retransmitSyn } from './handshake.ts';
import { inputSegment } from './input.ts';
import { InitialSequence, type KeySource } from './isn.ts';
import { Listener, type ListenerClient, type ListenerHome, type ListenerOptions } from './listener.ts';
import { failConnection, notify } from './notify.ts';
import { output } from './output.ts';
import { followPath } from './path-mtu.ts';
import { sendRawSegment } from './raw-segment.ts';
import { Segment } from './segment.ts';
import { SentLog } from './sent-log.ts';
import { CLOSED, SYN_RECEIVED, SYN_SENT, TIME_WAIT } from './states.ts';
import { SynCookies } from './syn-cookies.ts';
import { NEVER, type Tcb, type TcpTap, TELL_CONNECTED, TELL_EOF } from './tcb.ts';
import { TimeWaitTable } from './time-wait.ts';

import { sendAck, timestampBytes } from './transmit.ts';

/** The notices upon which a client is likely to send or to end its side. */
const TELLS_TURN = TELL_CONNECTED | TELL_EOF;

/** What TCP asks of the host beneath it. */
export interface IpLayer {
  readonly arena: PacketArena;
  readonly executor: Executor;
  readonly counters: HostCounters;
  readonly profile: TcpProfile;
  readonly paths: PathTable;
  readonly ports: PortTable;
  /** Writes the IP header in front of `length` bytes of transport and sends the packet. */
  sendIp(path: Path, packet: PacketHandle, length: number, protocol: number, ecn: number): void;
  isLocal(version: 4 | 6, words: Int32Array): boolean;
  /** The path to a sender, with one reference more; null without a route. */
  acquirePath(version: 4 | 6, local: Int32Array, remote: Int32Array): Path | null;
}

export interface ConnectOptions {
  /** Sent ahead of everything else, in the SYN as far as Fast Open allows. */
  readonly early?: ByteSource | null;
  readonly fastOpen?: boolean;
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  /** See `Tcb.userTimeout`. */
  readonly userTimeout?: Nanoseconds;
  readonly receiveBuffer?: number;
  readonly cause?: number;
}

/** Logs of segments in flight that are kept for connections to come. */
const MOST_IDLE_LOGS = 64;

/** Answers to segments out of the window are sent at most this often (RFC 5961, section 7, per connection). */
const CHALLENGE_INTERVAL: Nanoseconds = 500_000_000;

/** TCP of one host: who listens, who is connected, who waits, and where a segment goes. */
export class TcpStack implements ListenerHome {
  readonly ip: IpLayer;
  readonly arena: PacketArena;
  readonly executor: Executor;
  readonly counters: HostCounters;
  readonly profile: TcpProfile;
  readonly initialSequence: InitialSequence;
  readonly fastOpenCache: FastOpenCache;
  readonly fastOpenServer: FastOpenServer;
  readonly synCookies: SynCookies;
  readonly timeWait: TimeWaitTable;
  readonly tap: TcpTap | null;
  /** A listener that has a new connection to tell of once the segment is dealt with. */
  incoming: Listener | null = null;
  private readonly connections = new ConnectionTable();
  private readonly listeners = new Map<number, Listener[]>();
  private readonly segment = new Segment();
  private readonly deferred: DeferredOutput;
  private readonly idleLogs: SentLog[] = [];

  constructor(ip: IpLayer, keys: KeySource, tap: TcpTap | null = null) {
    this.ip = ip;
    this.tap = tap;
    this.arena = ip.arena;
    this.executor = ip.executor;
    this.counters = ip.counters;
    this.profile = ip.profile;
    this.initialSequence = new InitialSequence(keys);
    this.fastOpenServer = new FastOpenServer(keys);
    this.synCookies = new SynCookies(keys);
    this.fastOpenCache = new FastOpenCache(ip.profile);
    this.deferred = new DeferredOutput(ip.executor);
    this.timeWait = new TimeWaitTable(ip.executor, ip.profile.timeWait, (slot) => this.endTimeWait(slot));
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  sendIp(path: Path, packet: PacketHandle, length: number, protocol: number, ecn: number): void {
    this.ip.sendIp(path, packet, length, protocol, ecn);
  }

  now(): Nanoseconds {
    return this.executor.now();
  }

  timestampOf(connection: Tcb): number {
    return (this.now() / 1_000_000 + connection.timestampOffset) | 0;
  }

  /**
   * Active open. The path's reference passes to the connection.
   * @returns null when the pair of addresses and ports is in use
   */
  connect(
    path: Path,
    lease: PortLease,
    remotePort: number,
    client: TcpClient,
    options: ConnectOptions,
  ): TcpConnection | null {
    const ports = (lease.port << 16) | remotePort;
    const old = this.timeWait.find(path.id, ports);
    if (this.find(path, ports) !== null || old >= 0) {
      this.ip.paths.release(path);
      return null;
    }
    const connection = new TcpConnection(this, path, ports, lease, client);
    this.ip.ports.retain(lease);
    connection.fastOpen = options.fastOpen ?? false;
    connection.noDelay = options.noDelay ?? false;
    connection.receiveBuffer = options.receiveBuffer ?? this.profile.receiveBuffer;
    connection.connectCause = options.cause ?? 0;
    connection.userTimeout = options.userTimeout ?? 0;
    const early = options.early ?? null;
    this.add(connection);
    openActive(connection, early === null ? null : new SendRequest(early, connection.connectCause, null));
    if (options.keepAlive === true) this.setKeepAlive(connection, true);
    return connection;
  }

  /** Passive open. The caller holds the port. */
  listen(
    version: 4 | 6,
    address: Int32Array | null,
    port: number,
    dual: boolean,
    client: ListenerClient,
    options: ListenerOptions = {},
  ): Listener {
    const listener = new Listener(this, version, address, port, dual, client, options);
    const beside = this.listeners.get(port);
    if (beside === undefined) this.listeners.set(port, [listener]);
    // The more specific address is found first.
    else if (address === null) beside.push(listener);
    else beside.unshift(listener);
    return listener;
  }

  removeListener(listener: Listener): void {
    const beside = this.listeners.get(listener.port);
    if (beside === undefined || !beside.includes(listener)) return;
    beside.splice(beside.indexOf(listener), 1);
    if (beside.length === 0) this.listeners.delete(listener.port);
    for (const connection of listener.takeWaiting()) connection.close();
    for (const connection of this.connections.all()) {
      if (connection.listener !== listener) continue;
      // One that was accepted, by Fast Open ahead of its final ACK, is its client's own by now.
      if (connection.state === SYN_RECEIVED && connection.client === nobody) {
        connection.isHeld = false;
        abortConnection(connection, 0);
      }
      connection.listener = null;
    }
  }

  /** See Host.crash. */
  crash(): void {
    for (const connection of this.connections.all()) {
      connection.client = nobody;
      connection.tell = 0;
      connection.isWaiting = false;
      connection.listener = null;
      connection.receiveQueue.clear();
      discard(connection);
    }
    for (const beside of this.listeners.values()) for (const listener of beside) listener.takeWaiting();
    this.listeners.clear();
    this.timeWait.clear();
    this.fastOpenCache.clear();
  }

  setKeepAlive(connection: Tcb, on: boolean): void {
    connection.keepAlive = on;
    connection.keepAliveAt = NEVER;
    if (on && connection.isSynchronized && connection.state !== TIME_WAIT) restartKeepAlive(connection);
  }

  /** A packet for TCP; the reference passes to the stack. */
  input(
    packet: PacketHandle,
    version: 4 | 6,
    local: Int32Array,
    remote: Int32Array,
    addressSum: number,
    start: number,
    length: number,
    ecn = 0,
  ): void {
    const { segment, arena, counters } = this;
    segment.ecn = ecn;
    counters.tcpInSegs++;
    if (!segment.read(arena, packet, start, length) || !segment.hasGoodChecksum(arena, addressSum)) {
      counters.tcpInErrs++;
      arena.release(packet);
      return;
    }
    const connection =
      version === 4
        ? this.connections.find4(local[0], remote[0], segment.ports)
        : this.connections.find6(local, remote, segment.ports);
    if (connection !== null) {
      this.inputConnected(connection);
      return;
    }
    if (this.ip.isLocal(version, local)) this.inputUnconnected(version, local, remote, segment);
    else counters.ipInAddrErrors++;
    if (segment.packet !== 0) arena.release(segment.packet);
    if (this.incoming !== null) this.tellIncoming();
  }

  private inputConnected(connection: Tcb): void {
    const { segment } = this;
    inputSegment(connection, segment);
    if (this.tap !== null) this.tellWindow(connection);
    if (segment.packet !== 0) this.arena.release(segment.packet);
    segment.packet = 0;
    if (this.incoming !== null) this.tellIncoming();
    // The client first: what it sends now carries the acknowledgment that is due.
    if (connection.tell !== 0) {
      const { tell } = connection;
      notify(connection);
      // Not for data: there every second segment is answered at once, or slow start would crawl.
      if (connection.ackNow && (tell & TELLS_TURN) !== 0 && connection.client.answersLater === true) {
        this.deferred.defer(connection);
        return;
      }
    }
    if (connection.state === CLOSED || connection.state === TIME_WAIT) return;
    output(connection);
    if (connection.segmentsToAck > 0 && connection.delayedAckAt === NEVER) armDelayedAck(connection);
  }

  /** An ICMP error quotes one of our segments (RFC 1122, section 4.2.3.9). */
  inputError(
    version: 4 | 6,
    local: Int32Array,
    remote: Int32Array,
    ports: number,
    seq: number,
    status: NTSTATUS,
  ): void {
    const connection =
      version === 4 ? this.connections.find4(local[0], remote[0], ports) : this.connections.find6(local, remote, ports);
    if (connection === null) return;
    const inWindow = ((seq - connection.sndUna) | 0) >= 0 && ((seq - connection.sndMax) | 0) < 0;
    // Hard only while connecting: later, TCP goes on trying (RFC 5927, section 4).
    if (!inWindow || connection.state !== SYN_SENT) return;
    this.counters.tcpAttemptFails++;
    if (connection.fastOpenAsked) this.fastOpenCache.failed(connection.path, connection.remotePort, this.now());
    failConnection(connection, status);
    notify(connection);
  }

  /**
   * A packet of ours did not fit a link on the way (RFC 1191, RFC 8201). It quotes a segment that is in flight, or it is
   * not believed (RFC 5927, section 7.2). A SYN with data is followed by a bare one at once (RFC 7413, section
   * 4.1.3.1); what was too long is sent again in shorter segments, and the congestion window does not hear of it.
   *
   * @param mtu of the link; 0 when the router does not say  @param length of the packet
   */
  inputTooBig(
    version: 4 | 6,
    local: Int32Array,
    remote: Int32Array,
    ports: number,
    seq: number,
    mtu: number,
    length: number,
  ): void {
    const connection =
      version === 4 ? this.connections.find4(local[0], remote[0], ports) : this.connections.find6(local, remote, ports);
    if (connection === null) return;
    const { path, sndUna, sndMax } = connection;
    if (((seq - sndUna) | 0) < 0 || ((seq - sndMax) | 0) >= 0) return;
    // With a length of the router's own making in place of the MTU nothing is learned; a SYN with data was too long anyway.
    const isCredible = mtu > 0 || length > path.ipHeader + 20;
    if (isCredible) path.learnMtu(mtu, length, this.now());
    if (connection.state === SYN_SENT) {
      if (connection.synData > 0 && connection.synRetries === 0 && seq === connection.iss) retransmitSyn(connection);
      return;
    }
    if (!isCredible || (connection.mss <= path.mss && connection.blackHole === null)) return;
    connection.blackHole = null; // there is a router that says so
    followPath(connection);
    if (connection.log !== null) connection.log.markLonger(connection.mss - timestampBytes(connection) + 1);
    output(connection);
  }

  /** A challenge ACK (RFC 5961), not too often. */
  challenge(connection: Tcb): void {
    const now = this.now();
    if (connection.challengedAt >= 0 && now - connection.challengedAt < CHALLENGE_INTERVAL) return;
    connection.challengedAt = now;
    this.counters.tcpChallengeAcks++;
    sendAck(connection);
  }

  /** A segment that belongs to no connection. */
  sendRaw(path: Path, ports: number, seq: number, ack: number, flags: number, mss = 0, window = 0): void {
    if ((flags & RST) !== 0) this.counters.tcpOutRsts++;
    sendRawSegment(this, path, ports, seq, ack, flags, mss, window);
  }

  takeLog(): SentLog {
    return this.idleLogs.pop() ?? new SentLog();
  }

  giveLog(log: SentLog): void {
    log.clear();
    if (this.idleLogs.length < MOST_IDLE_LOGS) this.idleLogs.push(log);
  }

  makePassive(path: Path, ports: number): TcpConnection {
    return new TcpConnection(this, path, ports, null, nobody);
  }

  add(connection: Tcb): void {
    this.connections.add(connection);
  }

  /** The connection has left the state machine: nothing of it stays in tables, heap and ports. */
  forget(connection: Tcb): void {
    this.connections.remove(connection);
    cancelTimers(connection);
    if (connection.synDataAcked) judgeEnd(connection);
    connection.receiveQueue.clearEarly();
    if (connection.log !== null) this.giveLog(connection.log);
    connection.log = null;
    if (connection.client === nobody && !connection.isWaiting) connection.receiveQueue.clear();
    const { listener } = connection;
    if (listener !== null && !connection.wasEstablished) listener.gone(connection, connection.gotReset);
    if (connection.lease !== null) this.ip.ports.release(connection.lease);
    this.ip.paths.release(connection.path);
  }

  handshakeDone(connection: Tcb): void {
    connection.wasEstablished = true;
    if (connection.listener !== null) connection.listener.established(connection);
    else if (!connection.isPassive) {
      connection.tell |= TELL_CONNECTED; // simultaneous open
      this.counters.tcpActiveOpens++;
    }
  }

  /** Turns a connection into a TIME-WAIT record; what it received stays with its client. */
  enterTimeWait(connection: Tcb): void {
    const { path, lease } = connection;
    if (connection.ackNow) sendAck(connection);
    const slot = this.timeWait.add(path.id, connection.ports, lease);
    this.timeWait.sndNxt[slot] = connection.sndNxt;
    this.timeWait.rcvNxt[slot] = connection.rcvNxt;
    this.timeWait.hasTimestamps[slot] = Number(connection.hasTimestamps);
    this.timeWait.tsRecent[slot] = connection.tsRecent;
    path.refs++;
    if (lease !== null) this.ip.ports.retain(lease);
    this.counters.tcpTimeWaits++;
    connection.enter(TIME_WAIT);
    this.forget(connection);
  }

  private endTimeWait(slot: number): void {
    const path = this.ip.paths.at(this.timeWait.path[slot]);
    const lease = this.timeWait.leases[slot];
    this.timeWait.remove(slot);
    if (lease !== null) this.ip.ports.release(lease);
    this.ip.paths.release(path);
  }

  /** To the tap, after a segment or a timer. */
  tellWindow(connection: Tcb): void {
    const { window } = connection.congestion;
    if (this.tap === null || window === connection.tapWindow) return;
    connection.tapWindow = window;
    this.tap.onWindow(connection);
  }

  private find(path: Path, ports: number): Tcb | null {
    return path.version === 4
      ? this.connections.find4(path.local0, path.remote0, ports)
      : this.connections.find6(path.local, path.remote, ports);
  }

  private tellIncoming(): void {
    const listener = this.incoming!;
    this.incoming = null;
    listener.client.onIncoming();
  }

  /** TIME-WAIT, LISTEN or CLOSED (RFC 9293, sections 3.10.7.1 and 3.10.7.2). */
  private inputUnconnected(version: 4 | 6, local: Int32Array, remote: Int32Array, segment: Segment): void {
    const { flags, ports } = segment;
    const path = this.ip.acquirePath(version, local, remote);
    if (path === null) return;
    const slot = this.timeWait.find(path.id, ports);
    const listener = this.findListener(version, local, ports >>> 16);
    if (slot >= 0 && !this.inputTimeWait(slot, path, segment, listener !== null)) {
      this.ip.paths.release(path);
      return;
    }
    if (listener !== null && (flags & (SYN | ACK | RST)) === SYN) {
      if (!inputListen(this, listener, path, segment)) this.ip.paths.release(path);
      return;
    }
    if (listener?.expectsCookies && (flags & (SYN | ACK | RST)) === ACK) {
      const connection = openByCookie(this, listener, path, segment);
      if (connection !== null) {
        this.inputConnected(connection);
        return;
      }
    }
    if ((flags & RST) === 0) {
      if ((flags & ACK) !== 0) this.sendRaw(path, ports, segment.ack, 0, RST);
      else this.sendRaw(path, ports, 0, (segment.seq + segment.sequenceLength) | 0, RST | ACK);
    }
    this.ip.paths.release(path);
  }

  /** @returns true when the record is gone and the segment may open a new connection */
  private inputTimeWait(slot: number, path: Path, segment: Segment, hasListener: boolean): boolean {
    const { timeWait } = this;
    const { flags } = segment;
    if ((flags & RST) !== 0) return false; // RFC 1337: no assassination
    if ((flags & (SYN | ACK)) === SYN && hasListener && isNewer(timeWait, slot, segment)) {
      this.endTimeWait(slot);
      return true;
    }
    if ((flags & FIN) !== 0) timeWait.restart(slot);
    if (segment.sequenceLength > 0) {
      this.sendRaw(path, segment.ports, timeWait.sndNxt[slot], timeWait.rcvNxt[slot], ACK);
    }
    return false;
  }

  private findListener(version: 4 | 6, local: Int32Array, port: number): Listener | null {
    const beside = this.listeners.get(port);
    if (beside === undefined) return null;
    for (let i = 0; i < beside.length; i++) {
      const listener = beside[i];
      if (listener.version !== version && !(version === 4 && listener.dual)) continue;
      if (listener.address === null || listener.address.every((word, i) => word === local[i])) return listener;
    }
    return null;
  }
}

/** A SYN of a new connection, not a late one of the old: by its timestamp (RFC 6191), else by its number (RFC 9293). */
const isNewer = (timeWait: TimeWaitTable, slot: number, { seq, opt }: Segment): boolean => {
  if (timeWait.hasTimestamps[slot] === 1 && opt.hasTimestamps) {
    const ahead = (opt.timestamp - timeWait.tsRecent[slot]) | 0;
    if (ahead !== 0) return ahead > 0;
  }
  return ((seq - timeWait.rcvNxt[slot]) | 0) > 0;
};
