import { ntStatusName, OpenWskError } from '../base/index.ts';
import { type DeviceRequest, IRP_MJ_DEVICE_CONTROL } from '../driver/index.ts';
import { type EventTarget, MILLISECOND } from '../time/index.ts';
import type { LoadedDriver } from './driver-scenario.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

/** A request of an application as it is asked for: `\\\\.\\Name:0x222000:68656c6c6f`. */
export interface RequestSpec extends DeviceRequest {
  /** Milliseconds after which it is cancelled; never unless given. */
  readonly cancelAfter?: number;
}

/** Bytes of room for the answer of a request that does not say. */
const OUTPUT_LENGTH = 4096;

/**
 * Reads DEVICE:CODE[:HEX][@MS]: the name of a device or a symbolic link to it, an IOCTL code, its input in hexadecimal
 * digits, and the milliseconds after which the application cancels it.
 * @throws OpenWskError OWSK_INVALID_SETTING, field `ioctl`
 */
export const parseRequest = (text: string): RequestSpec => {
  const match = /^([^:]+):(0x[0-9a-f]{1,8}|\d{1,10})(?::((?:[0-9a-f]{2})*))?(?:@(\d+))?$/i.exec(text);
  if (match === null) {
    const message = `"${text}" is not a request; write DEVICE:CODE, with :HEX and @MILLISECONDS behind it if wished`;
    throw new OpenWskError('OWSK_INVALID_SETTING', message, 'ioctl');
  }
  const [, name, code, hex = '', after] = match;
  const device = name.replace(/^\\\\[.?]\\/, '\\DosDevices\\').replace(/^(?!\\)/, '\\DosDevices\\');
  const input = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  const request = { device, major: IRP_MJ_DEVICE_CONTROL, code: Number(code), input, outputLength: OUTPUT_LENGTH };
  return after === undefined ? request : { ...request, cancelAfter: Number(after) };
};

/** What became of a request; `text` is null until it has ended. */
export interface RequestOutcome {
  text: string | null;
  /** Reports it when it was cancelled and has not completed. */
  readonly overdue: () => void;
}

/** Sends the requests, each from a thread of its own. */
export const applications = (
  requests: readonly RequestSpec[],
  driver: LoadedDriver | null,
  machine: SimulatedMachine,
): RequestOutcome[] => requests.map((request) => send(request, driver, machine));

const send = (spec: RequestSpec, driver: LoadedDriver | null, machine: SimulatedMachine): RequestOutcome => {
  if (driver === null) return { text: `${spec.device}: a TypeScript driver has no devices`, overdue: () => {} };
  const call = driver.request(spec);
  const outcome: RequestOutcome = { text: null, overdue: () => call.overdue() };
  machine
    .run(function* application() {
      const { status, information, output } = yield* call.run();
      const bytes =
        output.length === 0 ? '' : `: ${[...output].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
      outcome.text = `${spec.device} 0x${(spec.code ?? 0).toString(16)}: ${ntStatusName(status)}, ${information} bytes${bytes}`;
    })
    .catch(() => {});
  if (spec.cancelAfter !== undefined) {
    const cancel: EventTarget = {
      onEvent: () => machine.kernel.runAtDispatch({ onEvent: () => void call.cancel() }, 0, 0),
    };
    machine.executor.schedule(machine.executor.now() + spec.cancelAfter * MILLISECOND, cancel, 0, 0);
  }
  return outcome;
};
