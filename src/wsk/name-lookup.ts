import { STATUS_CANCELLED } from '../base/index.ts';
import { plainKind, type RequestKind } from './request.ts';

/** A look-up can always be given up: its answer is then not waited for. */
export const nameLookup: RequestKind = {
  ...plainKind,
  cancel: (request) => request.completeSoon(STATUS_CANCELLED, 0),
};
