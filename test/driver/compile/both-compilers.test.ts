import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { OpenWskError } from '../../../src/base/index.ts';
import type { CompiledDriver, CompilerChoice } from '../../../src/driver/compile/index.ts';
import { shadowOffset } from '../../../src/driver/shadow-layout.ts';
import { lineDriver, sample } from './support/line-driver.ts';
import { type Frame, MiniHost } from './support/mini-host.ts';
import { compiled, folderWith, types } from './support/sources.ts';

/** One bundled compiler serves this whole file: its first run takes seconds. */
const nativeObstacle = ((): string | null => {
  try {
    execFileSync('clang', ['--version'], { stdio: 'ignore' });
    execFileSync('wasm-ld', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'there is no native clang with wasm-ld here';
  }
})();

const entry = 'NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)';

const semantics = `
#include "types.h"
typedef enum _STATE { Idle, Busy } STATE;
struct Bits { unsigned char a : 4; unsigned int b : 4; };
union Pun { int i; float f; };
static int more(int x) { return x + 1 > x; }
static int pun(int *i, float *f) { *i = 1; *f = 2.0f; return *i; }
int (*volatile later)(int) = more;
int (*volatile punned)(int *, float *) = pun;
${entry} {
  union Pun u;
  (void)DriverObject; (void)RegistryPath;
  Note(sizeof(L"ab"), sizeof(struct Bits));
  Note(sizeof(long), sizeof(void *));
  Note(later(0x7fffffff), punned(&u.i, &u.f));
#if defined(_MSC_VER) && defined(_WIN32) && defined(_KERNEL_MODE) && DBG && NTDDI_VERSION >= 0x0A00000C
  Note(1, 'abcd');
#endif
  return Wait(Wait(1)) + Wait(10);
}`;

const cxx = `
#include "types.h"
struct Counter { int value; Counter() : value(5) { Note(100, value); } };
static Counter counter;
template <typename T> static T twice(T x) { return x + x; }
${entry} {
  auto add = [&](int x) { return counter.value + x; };
  Note(add(2), twice(21));
  return Wait(add(1));
}`;

const traced = `
#include "types.h"
#include "Driver.tmh"
/* begin_wpp config
   FUNC TraceError{LEVEL=TRACE_LEVEL_ERROR}(FLAGS, MSG, ...);
   FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
   USESUFFIX(TraceError, " (%d)", 77);
   end_wpp */
#define WPP_CONTROL_GUIDS WPP_DEFINE_CONTROL_GUID(Test, (00000000,0000,0000,0000,000000000000), WPP_DEFINE_BIT(INIT))
${entry} {
  WPP_INIT_TRACING(DriverObject, RegistryPath);
  DoTraceMessage(INIT, "start");
  TraceError(INIT, "failed %!STATUS!", 0xC0000001);
  TraceEvents(TRACE_LEVEL_INFORMATION, INIT, "%d %d", 1, 2);
  WPP_CLEANUP(DriverObject);
  return 0;
}`;

const overflow = `
#include "types.h"
static int table[4];
volatile int index = 4;
${entry} {
  int local[4];
  (void)DriverObject; (void)RegistryPath;
  for (int i = 0; i < 4; i++) local[i] = i;
  Note(0, 0);
  Note(1, local[index]);
  Note(2, table[0]);
  return 0;
}`;

const faulty = `
#include "types.h"
typedef int ROUTINE(int, int);
static int routine(int x) { return x; }
static ROUTINE *kept = routine;
typedef enum _STATE { Idle, Busy } STATE;
${entry} {
  STATE state = Idle;
  int cut = (int)DriverObject;
  (void)RegistryPath;
  if (state < 0) return 1;
  undeclared(3);
  return kept(cut, state);
}`;

describe.each<CompilerChoice>(['native', 'bundled'])('the %s compiler', (compiler) => {
  describe.skipIf(compiler === 'native' && nativeObstacle !== null)(nativeObstacle ?? 'is there', () => {
    const build = (source: string, name = 'driver.c', more = {}) =>
      compiled(folderWith({ 'types.h': types, [name]: source }), { compiler, ...more });

    // What takes seconds happens here.
    beforeAll(async () => void (await build(`#include "types.h"\n${entry} { return 0; }`)), 120_000);

    test("gives C MSVC's meaning and suspends it", async () => {
      const host = new MiniHost((await build(semantics)).wasm);
      const { status, calls } = host.run();
      expect(calls).toEqual([
        ...['Note(6,8)', 'Note(4,4)', 'Note(0,1073741824)', `Note(1,${0x61626364})`],
        ...['Wait(1)', 'Wait(2)', 'Wait(10)'],
      ]);
      expect(status).toBe(3 + 11);
      expect(host.suspensions).toBe(3);
    });

    // Old versions of clang have no wide characters of two bytes in C++: the error says so.
    test('takes C++, whose DriverEntry needs no extern "C", and runs its constructors', async () => {
      const made = await build(cxx, 'driver.cpp').catch((error: unknown) => error);
      if (made instanceof OpenWskError) {
        expect(compiler).toBe('native');
        expect(made).toMatchObject({ code: 'OWSK_NO_COMPILER', message: expect.stringContaining('four bytes in C++') });
        return;
      }
      const host = new MiniHost((made as CompiledDriver).wasm);
      expect(host.run()).toMatchObject({ status: 7, calls: ['Note(100,5)', 'Note(7,42)', 'Wait(6)'] });
    });

    test('makes the trace headers that WPP would make', async () => {
      const said: unknown[] = [];
      const text = (at: number): string => {
        const bytes = new Uint8Array(host.memory.buffer);
        return Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString();
      };
      const { wasm, diagnostics } = await build(traced);
      const host: MiniHost = new MiniHost(wasm, {
        OwskTrace: (_file, line, flags, format, rest) => {
          const first = rest === 0 ? 0 : new DataView(host.memory.buffer).getUint32(rest, true);
          return said.push([line, text(flags), text(format), first]);
        },
      });
      host.run();
      expect(said).toEqual([
        [12, 'INIT', 'start', 0],
        [13, 'TRACE_LEVEL_ERROR,INIT', 'failed %!STATUS! (%d)', 0xc0000001],
        [14, 'TRACE_LEVEL_INFORMATION,INIT', '%d %d', 1],
      ]);
      expect(diagnostics).toEqual([]);
    });

    test('reports an access outside of a local array, with its line, when memory is checked', async () => {
      const { wasm } = await build(overflow, 'driver.c', { kasan: true });
      const reports: Frame[] = [];
      const host: MiniHost = new MiniHost(wasm, {
        __asan_report_load4: () => {
          reports.push(host.frames()[0]);
          throw new Error('reported');
        },
      });
      expect(() => host.run()).toThrow('reported');
      expect(reports).toMatchObject([{ function: 'DriverEntry', line: 10 }]);
      expect(host.calls.map((call) => call.replace(/\(.*/, ''))).toEqual([
        ...['__asan_register_globals', 'Note', '__asan_report_load4'],
      ]);
      // The red zones of the stack were written where the host expects the shadow.
      const shadow = shadowOffset(host.module.facts.guestMemory);
      const written = new Uint8Array(host.memory.buffer)
        .subarray(shadow, shadow + 65_536 / 8)
        .some((byte) => byte !== 0);
      expect(written).toBe(true);
    });

    test('checks nothing when it is not asked to', async () => {
      const host = new MiniHost((await build(overflow)).wasm);
      expect(host.run().calls.map((call) => call.replace(/\(.*/, ''))).toEqual(['Note', 'Note', 'Note']);
    });

    test('warns of what MSVC warns of, and of what 64-bit code would cut off', async () => {
      const { diagnostics } = await build(faulty, 'driver.c', { check64: true });
      const seen = diagnostics.map(({ from, severity, line, flag }) => [from, severity, line, flag]);
      expect(seen.filter(([, severity]) => severity !== 'note')).toEqual([
        ['compile', 'warning', 5, expect.stringMatching(/incompatible-(function-)?pointer-types/)],
        ['compile', 'warning', 11, 'tautological-unsigned-enum-zero-compare'],
        ['compile', 'warning', 12, 'implicit-function-declaration'],
        ['check64', 'warning', 9, 'pointer-to-int-cast'],
      ]);
    });

    test('keeps the lines of merged paths and of suspended frames', async () => {
      const { sites } = sample((await build(lineDriver(4))).wasm);
      expect(sites.length).toBeGreaterThan(15);
      for (const { real, found } of sites) expect(found).toEqual(real);
    });
  });
});
