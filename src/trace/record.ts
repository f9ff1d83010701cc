/** The kinds of trace records and what their fields a to d hold. `name` fields are ids of Recorder.intern. */
export const RecordKind = {
  /** A call with an IRP begins: a name, b socket id (0 none), c request id, d IRQL. */
  Call: 1,
  /** It returned: a name, b socket id, c request id, d NTSTATUS. */
  Return: 2,
  /** Its IRP completed: a NTSTATUS, b Information (0 where that is an object), c request id, d IRQL. */
  Complete: 3,
  /** An event callback ran: a name, b socket id, c NTSTATUS returned, d bytes. */
  Callback: 4,
  /** Connection established with early data: a socket id, b bytes in the SYN (-1 unknown), c acked (1, 0, -1). */
  EarlyData: 5,
  /** A thread began or ended: a name, b thread id, c 1 begin or 0 end. */
  Thread: 6,
  /** A driver printed: a name (the text). */
  Print: 7,
  /**
   * A packet entered a link: a name of the link's end, b name of its fate (`sent`, or why not), c request id of its
   * cause, d its number: its bytes (Recorder.packet), when it arrives (Recorder.arrival) and where (Recorder.destination).
   */
  Packet: 9,
  /** A bug check: a code, b name of the rule (or of ""), c name of the message. */
  BugCheck: 8,
  /** A connection changed its state: a name of the connection (`LOCAL>REMOTE`, addresses with ports), b name of the state (RFC 9293). */
  TcpState: 10,
  /** A connection's congestion window changed: a name of the connection, b window, c slow start threshold (-1 none yet), d in flight; bytes. */
  TcpWindow: 11,
  /** A place in the driver's source where the call, finding or bug check before it happened, the innermost first: a name of the function, b name of the file, c line, d column (0 unknown). */
  Frame: 12,
  /** More about the finding or bug check before it: a name (the text). */
  Detail: 13,
  /** The run ended badly in another way: a name (the text). */
  Problem: 14,
  /** A misuse that did not stop the machine: a 1 advice or 2 error, b name of the rule (or of ""), c name of the message. */
  Finding: 16,
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** Integers per record beside its time: kind, machine, a, b, c, d. */
export const RECORD_FIELDS = 6;

export interface TraceRecord {
  /** Nanoseconds. */
  readonly time: number;
  readonly kind: RecordKind;
  readonly machine: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}
