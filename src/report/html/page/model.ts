import { STATUS_PENDING } from '../../../base/index.ts';
import { RecordKind } from '../../../trace/index.ts';
import type { Run } from '../decode.ts';

/** One IRP on its way through WSK. Numbers of records, -1 for none. */
export interface Call {
  readonly name: string;
  readonly request: number;
  readonly machine: number;
  readonly socket: number;
  readonly called: number;
  returned: number;
  completed: number;
  connection: number;
  /** Which of the lane's bars is this call's; -1 for none. */
  slot: number;
}

/** What can be switched on and off. */
export const groups = ['calls', 'packets', 'prints', 'callbacks', 'tcp', 'window', 'threads', 'findings'] as const;
export type Group = (typeof groups)[number];

const groupOfKind: Readonly<Record<number, Group>> = {
  [RecordKind.Call]: 'calls',
  [RecordKind.Return]: 'calls',
  [RecordKind.Complete]: 'calls',
  [RecordKind.EarlyData]: 'calls',
  [RecordKind.Callback]: 'callbacks',
  [RecordKind.Thread]: 'threads',
  [RecordKind.Print]: 'prints',
  [RecordKind.Packet]: 'packets',
  [RecordKind.BugCheck]: 'findings',
  [RecordKind.Problem]: 'findings',
  [RecordKind.Finding]: 'findings',
  [RecordKind.TcpState]: 'tcp',
  [RecordKind.TcpWindow]: 'window',
};

/** A vertical line of the picture: a machine, or a router between machines. */
export interface Column {
  readonly name: string;
  /** The machine's number; 0 where it is none. */
  readonly machine: number;
  readonly hasCalls: boolean;
}

/** A run with what the page works out once: its calls, which records are rows of their own, who stands where. */
export class Model {
  readonly run: Run;
  readonly calls = new Map<number, Call>();
  /** The row that shows a record: itself, or the call whose line its return and completion stand on; -1 for none. */
  readonly shownBy: Int32Array;
  readonly columns: Column[] = [];
  /** Records of bug checks and problems. */
  readonly findings: number[] = [];
  /** The record of each packet. */
  readonly packetRecord: Int32Array;
  /** Calls with bars, in their order, and where the last of each hundred ends. */
  private readonly withBars: Call[] = [];
  private readonly lastEnds: number[] = [];
  private readonly columnOfName = new Map<number, number>();
  private readonly connectionNumbers: Map<string, number>;

  constructor(run: Run) {
    this.run = run;
    this.shownBy = new Int32Array(run.head.count).fill(-1);
    this.packetRecord = new Int32Array(run.head.packets);
    this.connectionNumbers = new Map(run.head.connections.map((name, i) => [name, i]));
    this.readRecords();
    this.placeColumns();
    this.giveSlots();
  }

  name(id: number): string {
    return this.run.head.names[id] ?? '';
  }

  groupOf(record: number): Group {
    return groupOfKind[this.run.kind[record]] ?? 'findings';
  }

  /** The column of an end of a link, by its name's number. */
  columnOf(end: number): number {
    let column = this.columnOfName.get(end);
    if (column === undefined) {
      const name = this.name(end).replace(/:loopback$/, '');
      column = this.columns.findIndex((one) => one.name === name);
      this.columnOfName.set(end, column);
    }
    return column;
  }

  /** Bytes of a packet that the report keeps. */
  packetBytes(packet: number): Uint8Array {
    const { start, kept, bytes } = this.run.packets;
    return bytes.subarray(start[packet], start[packet] + kept[packet]);
  }

  /** When a packet arrives, nanoseconds; null for one that does not. */
  arrival(record: number): number | null {
    const delay = this.run.packets.delay[this.run.d[record]];
    return delay < 0 ? null : this.run.time[record] + delay;
  }

  /** The call that a record belongs to, if it is one of a call or caused by one. */
  callOf(record: number): Call | undefined {
    const { kind, c } = this.run;
    const has =
      kind[record] === RecordKind.Call ||
      kind[record] === RecordKind.Return ||
      kind[record] === RecordKind.Complete ||
      kind[record] === RecordKind.Packet;
    return has ? this.calls.get(c[record]) : undefined;
  }

  /** The number of a record's connection; -1 for none. */
  connectionOf(record: number): number {
    const { kind, a, d, packets } = this.run;
    if (kind[record] === RecordKind.Packet) return packets.connection[d[record]];
    if (kind[record] === RecordKind.TcpState || kind[record] === RecordKind.TcpWindow) {
      const [local, remote] = this.name(a[record]).split('>');
      const numbers = this.connectionNumbers;
      return numbers.get(`${local} - ${remote}`) ?? numbers.get(`${remote} - ${local}`) ?? -1;
    }
    return this.callOf(record)?.connection ?? -1;
  }

  /** The columns in which something of a record is to be seen. */
  columnsOf(record: number): readonly [from: number, to: number] {
    const { kind, a, d, machine, packets } = this.run;
    if (kind[record] === RecordKind.Packet) return [this.columnOf(a[record]), this.columnOf(packets.to[d[record]])];
    const column = this.columns.findIndex((one) => one.machine === machine[record] && one.name !== '');
    return [column, column];
  }

  private readRecords(): void {
    const { kind, a, b, c, d, machine, head, packets } = this.run;
    const ofSocket = new Map<number, number>();
    for (let i = 0; i < head.count; i++) {
      this.shownBy[i] = groupOfKind[kind[i]] === undefined ? -1 : i;
      if (kind[i] === RecordKind.Call) this.addCall(i, machine[i], a[i], b[i], c[i]);
      else if (kind[i] === RecordKind.Return) this.addReturn(i, c[i]);
      else if (kind[i] === RecordKind.Complete) this.addCompletion(i, c[i]);
      else if (groupOfKind[kind[i]] === 'findings') this.findings.push(i);
      else if (kind[i] === RecordKind.Packet) {
        this.packetRecord[d[i]] = i;
        const call = this.calls.get(c[i]);
        if (call === undefined) continue;
        call.connection = packets.connection[d[i]];
        if (call.socket !== 0) ofSocket.set(call.socket, call.connection);
      }
    }
    for (const call of this.calls.values()) {
      if (call.connection < 0) call.connection = ofSocket.get(call.socket) ?? -1;
    }
  }

  private addCall(record: number, machine: number, name: number, socket: number, request: number): void {
    const start = { name: this.name(name), request, machine, socket, called: record };
    this.calls.set(request, { ...start, returned: -1, completed: -1, connection: -1, slot: -1 });
  }

  /** What a call returned stands on its own line unless the call took time. */
  private addReturn(record: number, request: number): void {
    const call = this.calls.get(request);
    if (call === undefined) return;
    call.returned = record;
    if (this.run.time[record] === this.run.time[call.called]) this.shownBy[record] = call.called;
  }

  /** So does the completion, when nothing came between. */
  private addCompletion(record: number, request: number): void {
    const call = this.calls.get(request);
    if (call === undefined) return;
    call.completed = record;
    const { time, kind } = this.run;
    if (time[record] !== time[call.called]) return;
    for (let i = call.called + 1; i < record; i++) {
      const isOwn = this.run.c[i] === request && kind[i] === RecordKind.Return;
      if (!isOwn && kind[i] !== RecordKind.EarlyData && kind[i] !== RecordKind.TcpState) return;
    }
    this.shownBy[record] = call.called;
  }

  private placeColumns(): void {
    const { head, kind, machine, a, packets } = this.run;
    const named = Object.entries(head.machines).map(([number, name]) => ({ number: Number(number), name }));
    const withCalls = new Set<number>();
    const ends = new Set<number>();
    for (let i = 0; i < head.count; i++) {
      if (kind[i] === RecordKind.Packet) ends.add(a[i]);
      else if (groupOfKind[kind[i]] !== 'tcp' && groupOfKind[kind[i]] !== 'window') withCalls.add(machine[i]);
    }
    for (let i = 0; i < packets.count; i++) ends.add(packets.to[i]);
    const known = new Set(named.map(({ name }) => name));
    const names = new Set([...ends].map((end) => this.name(end).replace(/:loopback$/, '')));
    const between = [...names].filter((name) => !known.has(name));
    const machines = named.map(({ number, name }) => ({ name, machine: number, hasCalls: withCalls.has(number) }));
    const routers = between.map((name) => ({ name, machine: -1, hasCalls: false }));
    this.columns.push(...machines.slice(0, 1), ...routers, ...machines.slice(1));
  }

  /** Calls that are pending at once get bars beside each other. */
  private giveSlots(): void {
    const free = new Map<number, number[]>();
    for (const call of this.calls.values()) {
      if (this.isAtOnce(call)) continue;
      let ends = free.get(call.machine);
      if (ends === undefined) free.set(call.machine, (ends = []));
      const end = this.endOf(call);
      const slot = ends.findIndex((until) => until < call.called);
      call.slot = slot < 0 ? ends.length : slot;
      if (call.slot >= MOST_SLOTS) {
        call.slot = -1;
        continue;
      }
      ends[call.slot] = end;
      const block = Math.floor(this.withBars.length / BAR_BLOCK);
      this.lastEnds[block] = Math.max(this.lastEnds[block] ?? 0, end);
      this.withBars.push(call);
    }
  }

  /** Calls with a bar that are pending somewhere between two records. */
  pendingBetween(first: number, last: number): Call[] {
    const found: Call[] = [];
    const { withBars, lastEnds } = this;
    for (let block = 0; block * BAR_BLOCK < withBars.length; block++) {
      const begin = block * BAR_BLOCK;
      if (withBars[begin].called > last) break;
      if (lastEnds[block] < first) continue;
      for (const call of withBars.slice(begin, begin + BAR_BLOCK)) {
        if (call.called <= last && this.endOf(call) >= first) found.push(call);
      }
    }
    return found;
  }

  private endOf(call: Call): number {
    return call.completed < 0 ? this.run.head.count : call.completed;
  }

  /** It completed on the line that it was called on. */
  isAtOnce(call: Call): boolean {
    return call.completed >= 0 && this.shownBy[call.completed] === call.called;
  }

  /** It returned STATUS_PENDING. */
  hasPended(call: Call): boolean {
    return call.returned >= 0 && this.run.d[call.returned] === STATUS_PENDING;
  }
}

export const MOST_SLOTS = 6;
const BAR_BLOCK = 100;
