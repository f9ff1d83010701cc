import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { driverImage } from '../../src/public/driver.ts';
import { type DriverScenario, runDriver } from '../../src/public/sim.ts';
import { cDriver, compileSources } from '../support/c-driver.ts';

const SOURCE = 'test/driver/guests/misbehaves.c';
const lines = readFileSync(SOURCE, 'utf8').split('\n');

/** The message, and behind it the frame of the line with this text. */
const at = (message: string, text: string, fn = 'DriverEntry'): RegExp => {
  const line = lines.findIndex((it) => it.includes(text)) + 1;
  return new RegExp(`${message}[^\\n]*\\n\\s+at ${fn} \\([^\\n]*misbehaves\\.c:${line}\\)`);
};

beforeAll(async () => {
  await compileSources([SOURCE]);
}, 120_000);

const problemsOf = async (testCase: number, scenario: DriverScenario = {}): Promise<string> => {
  const driver = await cDriver(SOURCE, { stubs: { TestCase: () => testCase }, fuel: 20_000_000 });
  return (await runDriver(driver, scenario)).problems.join('\n');
};

/** Case, and what is said of it. */
const cases: [what: string, testCase: number, said: RegExp][] = [
  ['succeeds', 0, /^$/],
  ['fails', 1, /^DriverEntry returned STATUS_UNSUCCESSFUL$/],
  ['waits for ever', 2, /^OWSK_STALLED: DriverEntry waits for ever$/],
  ['loops for ever', 3, at('0x133 DPC_WATCHDOG_VIOLATION .R30.: a loop does not end', 'while (Zero == 0)')],
  [
    'recurses for ever',
    4,
    /0x7F\S* UNEXPECTED_KERNEL_MODE_TRAP \(R46\): .*the kernel stack is exhausted.*\n\s+at Recurse/,
  ],
  ['takes all memory and is told that there is no more', 5, /^DriverEntry returned STATUS_INSUFFICIENT_RESOURCES/],
  ['writes to nowhere', 6, at('0x50', '0x7f000000')],
  [
    'calls what is no function',
    7,
    at('0x1E KMODE_EXCEPTION_NOT_HANDLED [(]R44[)]: .*function pointer', 'NoFunction();'),
  ],
  ['leaves a thread behind', 8, /left behind at unload: .*1 system thread/],
  ['never finishes unloading', 9, /OWSK_STALLED: DriverUnload waits for ever/],
  ['divides by zero', 10, at('an integer was divided by zero', '5 / Zero')],
  ['sets an event that is none', 11, at('KeSetEvent: write of 16 bytes', 'KeSetEvent((PKEVENT)RegistryPath')],
  ['frees what is no IRP', 12, /\(R6\).*which is no IRP/],
  ['calls for a bug check', 13, /KeBugCheckEx\(0xdeadbeef, 0x1, 0x2, 0x3, 0x4\)/],
  [
    'writes over an IRP',
    15,
    at('0x35/.*the IRP is damaged: its CurrentLocation is 0 of 1', 'IoCompleteRequest(Irp', 'DamageIrp'),
  ],
  ['raises what nobody handles', 14, /0x1E|KMODE_EXCEPTION_NOT_HANDLED/],
];

describe('a driver that', () => {
  test.each(cases)('%s', async (_what, testCase, said) => {
    expect(await problemsOf(testCase)).toMatch(said);
  });
});

test('a kernel function that is not here is named when the driver is loaded', async () => {
  const driver = await cDriver(SOURCE);
  await expect(runDriver(driver, {})).rejects.toThrow(/not here: TestCase; give (it|them) in TypeScript/);
});

test.each([
  ['no module', new Uint8Array([1, 2, 3]), 'is no WebAssembly module'],
  ['a module of somebody else', new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), 'was not made by openwsk build'],
])('%s is refused', (_what, bytes, message) => {
  expect(() => driverImage(bytes, 'x.wasm')).toThrow(message);
});
