import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as layout from '../../src/driver/layout.ts';
import { compileSources } from '../support/c-driver.ts';

/** Our names and the headers' where they differ. */
const structures: Record<string, string> = {
  STACK_LOCATION: 'IO_STACK_LOCATION',
  CLIENT_LISTEN_DISPATCH: 'WSK_CLIENT_LISTEN_DISPATCH',
  CLIENT_DATAGRAM_DISPATCH: 'WSK_CLIENT_DATAGRAM_DISPATCH',
  CLIENT_CONNECTION_DISPATCH: 'WSK_CLIENT_CONNECTION_DISPATCH',
  CLIENT_STREAM_DISPATCH: 'WSK_CLIENT_STREAM_DISPATCH',
};
const fields: Record<string, string> = {
  'IRP.SystemBuffer': 'AssociatedIrp.SystemBuffer',
  'IRP.Status': 'IoStatus.Status',
  'IRP.Information': 'IoStatus.Information',
  'IRP.DriverContext': 'Tail.Overlay.DriverContext',
  'IRP.Thread': 'Tail.Overlay.Thread',
  'IRP.CurrentStackLocation': 'Tail.Overlay.CurrentStackLocation',
  'IRP.OriginalFileObject': 'Tail.Overlay.OriginalFileObject',
  'KTIMER.DueTime': 'DueTime',
  'WSK_REGISTRATION.State': 'ReservedRegistrationState',
  'WSK_REGISTRATION.Context': 'ReservedRegistrationContext',
  'WSK_REGISTRATION.Lock': 'ReservedRegistrationLock',
};
/** Ours are larger than what a driver sees: it knows the first member only. */
const sizesOfOurs = new Set(['WSK_SOCKET']);
const constants = new Set(['PAGE_SIZE', 'ObjectType']);

const asserts = Object.entries(layout as Record<string, unknown>).flatMap(([name, members]) => {
  if (constants.has(name) || typeof members !== 'object') return [];
  const structure = structures[name] ?? name;
  return Object.entries(members as Record<string, number>).flatMap(([member, value]) => {
    if (member === 'size') {
      return sizesOfOurs.has(name) ? [] : [`_Static_assert(sizeof(${structure}) == ${value}, "sizeof ${structure}");`];
    }
    const field = fields[`${name}.${member}`] ?? member;
    return [`_Static_assert(offsetof(${structure}, ${field}) == ${value}, "${structure}.${field}");`];
  });
});

test("the host's offsets are those of the headers that drivers are compiled against", async () => {
  expect(asserts.length).toBeGreaterThan(80);
  const folder = mkdtempSync(join(tmpdir(), 'openwsk-layout-'));
  try {
    const source = join(folder, 'layout.c');
    const entry = 'NTSTATUS DriverEntry(PDRIVER_OBJECT D, PUNICODE_STRING R) { return D == NULL && R == NULL; }\n';
    writeFileSync(
      source,
      ['#include <ntifs.h>', '#include <wsk.h>', '#include <stddef.h>', ...asserts, entry].join('\n'),
    );
    await compileSources([source]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
