/** Thrown by PsTerminateSystemThread through the driver's frames. */
export class ThreadExit extends Error {
  readonly status: number;
  constructor(status: number) {
    super('PsTerminateSystemThread');
    this.status = status;
  }
}
