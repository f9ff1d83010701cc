/** Why bytes are no packet. Parsers return it as a value: hostile bytes never throw. */
export type WireErrorKind =
  | 'truncated'
  | 'bad-version'
  | 'bad-header-length'
  | 'bad-total-length'
  | 'bad-checksum'
  | 'bad-option'
  | 'bad-extension-header';

export class WireError {
  readonly kind: WireErrorKind;
  /** Where in the bytes, from the start of the header that was read. */
  readonly offset: number;

  constructor(kind: WireErrorKind, offset: number) {
    this.kind = kind;
    this.offset = offset;
  }
}

export const isWireError = (value: unknown): value is WireError => value instanceof WireError;
