/**
 * The Fast Open sample, as a driver: two connections to an echo server at 10.0.0.2:7, 100 bytes each, with TCP_FASTOPEN.
 * The first fetches the cookie, the second sends its bytes in the SYN: openwsk run examples/fast-open.ts --peer echo
 */
import { type NTSTATUS, SOCKADDR_IN, STATUS_SUCCESS, STATUS_UNSUCCESSFUL } from 'openwsk';
import type { DRIVER_OBJECT, KernelRoutine } from 'openwsk/kernel';
import type { Nt } from 'openwsk/sim';
import { fetchOnce } from './raw-npi.ts';

export function* DriverEntry(DriverObject: DRIVER_OBJECT, _RegistryPath: string, nt: Nt): KernelRoutine<NTSTATUS> {
  DriverObject.DriverUnload = () => nt.DbgPrint('unloaded\n');

  const Request = new Uint8Array(100).fill(0x78);
  for (const Name of ['first', 'second']) {
    const Started = nt.KeQueryPerformanceCounter();
    const Answer = yield* fetchOnce(nt, new SOCKADDR_IN('10.0.0.2', 7), Request, (Now) => {
      nt.DbgPrint(`${Name} connection: first byte after ${Number(Now - Started) / 10_000} ms\n`);
    });
    if (Answer === null || Answer.length !== Request.length) return STATUS_UNSUCCESSFUL;
  }
  return STATUS_SUCCESS;
}
