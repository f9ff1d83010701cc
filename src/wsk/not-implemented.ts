import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_NOT_IMPLEMENTED } from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import { WskRequest } from './request.ts';
import type { WSK_CLIENT } from './structures.ts';
import type { Wsk } from './wsk.ts';

const missing = new WeakSet<object>();

/** Whether a member of a dispatch table does what its name says. */
export const isImplemented = (member: object): boolean => !missing.has(member);

const mark = <F extends (...parameters: never[]) => unknown>(stub: F): F => {
  missing.add(stub);
  return stub;
};

/** A function of WSK_PROVIDER_DISPATCH that is not there yet: fails loudly, and completes its IRP as all do. */
export const missingClientCall = (name: string) =>
  mark((...parameters: unknown[]): NTSTATUS => {
    const { wsk } = parameters[0] as WSK_CLIENT as WskClient;
    const irp = parameters[parameters.length - 1] as IRP | null;
    if (irp === null) return STATUS_INVALID_PARAMETER;
    return new WskRequest(wsk, null, name, irp).reject(STATUS_NOT_IMPLEMENTED);
  });

/** The same where only the subsystem and the IRP are known. */
export const refuse = (wsk: Wsk, name: string, irp: IRP): NTSTATUS =>
  new WskRequest(wsk, null, name, irp).reject(STATUS_NOT_IMPLEMENTED);

/** The same for functions without an IRP. */
export const missingCallWithoutIrp = () => mark((): NTSTATUS => STATUS_NOT_IMPLEMENTED);
