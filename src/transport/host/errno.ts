import { constants } from 'node:os';
import type { NTSTATUS } from '../../base/index.ts';
import { statusFromCode, statusFromConnectCode } from '../system-error.ts';

export const { EAGAIN, EINPROGRESS, EOPNOTSUPP, ECONNRESET } = constants.errno;

const codes = new Map(Object.entries(constants.errno).map(([code, number]) => [number, code]));

export const statusFromErrno = (errno: number): NTSTATUS => statusFromCode(codes.get(errno));

export const statusFromConnectErrno = (errno: number): NTSTATUS => statusFromConnectCode(codes.get(errno));
