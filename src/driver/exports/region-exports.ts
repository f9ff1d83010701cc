import {
  KeAreAllApcsDisabled,
  KeAreApcsDisabled,
  KeEnterCriticalRegion,
  KeEnterGuardedRegion,
  KeLeaveCriticalRegion,
  KeLeaveGuardedRegion,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

/** Source: wdm.h and ntifs.h reference, the functions of these names. */
export const regionExports: ExportTable = {
  plain: {
    KeEnterCriticalRegion: (guest: Guest) => KeEnterCriticalRegion(guest.kernel),
    KeLeaveCriticalRegion: (guest: Guest) => KeLeaveCriticalRegion(guest.kernel),
    FsRtlEnterFileSystem: (guest: Guest) => KeEnterCriticalRegion(guest.kernel),
    FsRtlExitFileSystem: (guest: Guest) => KeLeaveCriticalRegion(guest.kernel),
    KeEnterGuardedRegion: (guest: Guest) => KeEnterGuardedRegion(guest.kernel),
    KeLeaveGuardedRegion: (guest: Guest) => KeLeaveGuardedRegion(guest.kernel),
    KeAreApcsDisabled: (guest: Guest) => KeAreApcsDisabled(guest.kernel),
    KeAreAllApcsDisabled: (guest: Guest) => KeAreAllApcsDisabled(guest.kernel),
  },
  waiting: {},
};
