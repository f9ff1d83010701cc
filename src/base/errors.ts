/**
 * Misuse of OpenWSK's own interface or command line (never of WSK itself, which answers with an NTSTATUS).
 * `code` is stable; the message ends with what to do next.
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
