/**
 * Misuse of OpenWSK's own interface or command line (never of WSK itself, which answers with an NTSTATUS).
 * `code` is stable; the message says what to do next.
 *
 * - OWSK_INVALID_ADDRESS: text, bytes or a port that make no address, or one of the other family
 * - OWSK_OUT_OF_RANGE: bytes outside of a buffer
 * - OWSK_NO_HOST: the system's sockets cannot be had here (`openwsk doctor` says why)
 * - OWSK_INVALID_ARGUMENT: an option or argument of a type or range that makes no sense; `field` names it
 * - OWSK_CLOSED: asked of a connection, or of Sockets, after close()
 * - OWSK_NOT_CONNECTED: asked of a socket that is not connected
 * - OWSK_NOT_A_WAIT: a kernel thread yielded something else than a wait
 * - OWSK_COMPILE: a driver's sources do not make a module; the error's `diagnostics` say where
 * - OWSK_NO_COMPILER, OWSK_NO_BINARYEN: a tool that C drivers need is not installed
 * - OWSK_MISSING_IMPORT: a driver calls kernel functions that are not here; its `names`
 * - OWSK_NOT_A_DRIVER: bytes that are no module made by `openwsk build`
 */
export class OpenWskError extends Error {
  override readonly name = 'OpenWskError';
  readonly code: `OWSK_${string}`;
  /** The field, option or argument at fault, where there is one. */
  readonly field: string | undefined;

  constructor(code: `OWSK_${string}`, message: string, field?: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
