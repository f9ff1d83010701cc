import { beforeEach, describe, expect, test } from 'vitest';
import {
  AF_INET,
  AF_INET6,
  formatSockaddr,
  ntStatusName,
  SOCKADDR_IN,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
} from '../../src/public/index.ts';
import { type IRP, KEVENT, type KernelRoutine, NotificationEvent } from '../../src/public/kernel.ts';
import { type Nt, Simulation } from '../../src/public/sim.ts';
import {
  type ADDRINFOEXW,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_PASSIVE,
  NI_NAMEREQD,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  NS_ALL,
  WSK_NO_WAIT,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
} from '../../src/public/wsk.ts';

let simulation: Simulation;
beforeEach(() => {
  simulation = new Simulation();
  const [driver, peer] = [simulation.addMachine('driver'), simulation.addMachine('peer')];
  simulation.connect(driver, ['10.0.0.1/24', 'fd00::1/64'], peer, ['10.0.0.2/24', 'fd00::2/64']);
  simulation.names.alias('example.org', 'peer');
});

interface Ended {
  readonly inline: boolean;
  readonly status: string;
  readonly information: unknown;
}

/** Makes a call with an IRP and waits for its end. */
function* ended(nt: Nt, call: (irp: IRP) => number, cancel = false): KernelRoutine<Ended> {
  const irp = nt.IoAllocateIrp(1, false)!;
  const done = new KEVENT();
  nt.KeInitializeEvent(done, NotificationEvent, false);
  const routine = (): number => {
    nt.KeSetEvent(done, 0, false);
    return STATUS_MORE_PROCESSING_REQUIRED;
  };
  nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
  const status = call(irp);
  if (cancel) nt.IoCancelIrp(irp);
  yield* nt.KeWaitForSingleObject(done, 0, 0, false, null);
  const result = {
    inline: status !== STATUS_PENDING,
    status: ntStatusName(irp.IoStatus.Status),
    information: irp.IoStatus.Information,
  };
  nt.IoFreeIrp(irp);
  return result;
}

/** Runs a client with a captured provider on the machine `driver`. */
const withProvider = <T>(body: (nt: Nt, provider: WSK_PROVIDER_NPI) => KernelRoutine<T>): Promise<T> =>
  simulation.run(() =>
    simulation.machines[0].run(function* client(nt) {
      const [registration, provider] = [new WSK_REGISTRATION(), new WSK_PROVIDER_NPI()];
      const Dispatch = { Version: 0x100, Reserved: 0, WskClientEvent: null } as const;
      nt.WskRegister({ ClientContext: null, Dispatch }, registration);
      yield* nt.WskCaptureProviderNPI(registration, WSK_NO_WAIT, provider);
      const result = yield* body(nt, provider);
      nt.WskReleaseProviderNPI(registration);
      yield* nt.WskDeregister(registration);
      return result;
    }),
  );

interface Asked {
  readonly node: string | null;
  readonly service?: string | null;
  readonly hints?: Partial<ADDRINFOEXW>;
  readonly cancel?: boolean;
}

const lookUp = ({ node, service = null, hints, cancel = false }: Asked) =>
  withProvider(function* (nt, { Client, Dispatch }) {
    const Result = { value: null as ADDRINFOEXW | null };
    const none = {
      ai_flags: 0,
      ai_family: 0,
      ai_socktype: 0,
      ai_protocol: 0,
      ai_canonname: null,
      ai_addr: null,
      ai_next: null,
    };
    const Hints = hints === undefined ? null : { ...none, ...hints };
    const call = (irp: IRP): number =>
      Dispatch.WskGetAddressInfo(Client, node, service, NS_ALL, null, Hints, Result, null, null, irp);
    const { inline, status, information } = yield* ended(nt, call, cancel);
    const found: string[] = [];
    for (let entry = Result.value; entry !== null; entry = entry.ai_next) found.push(formatSockaddr(entry.ai_addr!));
    const canonical = Result.value?.ai_canonname ?? null;
    if (Result.value !== null) Dispatch.WskFreeAddressInfo(Client, Result.value);
    return { inline, status, information, found, canonical };
  });

describe('WskGetAddressInfo', () => {
  test.each<[string, Asked, string[]]>([
    ['a machine by its name', { node: 'peer', service: '80' }, ['10.0.0.2:80', '[fd00::2]:80']],
    ['in any case, with a dot behind it', { node: 'PEER.' }, ['10.0.0.2:0', '[fd00::2]:0']],
    ['another name of it', { node: 'example.org', service: 'https' }, ['10.0.0.2:443', '[fd00::2]:443']],
    ['one family', { node: 'peer', hints: { ai_family: AF_INET6 } }, ['[fd00::2]:0']],
    ['a numeric address', { node: '127.0.0.1', service: '12345' }, ['127.0.0.1:12345']],
    ['localhost', { node: 'localhost', hints: { ai_family: AF_INET } }, ['127.0.0.1:0']],
    ['no name: this machine', { node: null, service: 'echo' }, ['127.0.0.1:7', '[::1]:7']],
    ['no name, to listen', { node: null, service: '7', hints: { ai_flags: AI_PASSIVE } }, ['0.0.0.0:7', '[::]:7']],
  ])('%s', async (_what, asked, found) => {
    expect(await lookUp(asked)).toMatchObject({ inline: false, status: 'STATUS_SUCCESS', information: 0, found });
  });

  test.each<[string, Asked]>([
    ['a name that nobody has', { node: 'dead.beef' }],
    ['an unknown service', { node: 'peer', service: 'gopherhole' }],
    ['a port that is none', { node: 'peer', service: '65536' }],
    ['a name where only numbers are wanted', { node: 'peer', hints: { ai_flags: AI_NUMERICHOST } }],
    ['a numeric address of the other family', { node: '10.0.0.2', hints: { ai_family: AF_INET6 } }],
  ])('STATUS_NOT_FOUND, pended as on Windows: %s', async (_what, asked) => {
    expect(await lookUp(asked)).toMatchObject({ inline: false, status: 'STATUS_NOT_FOUND', information: 0, found: [] });
  });

  test.each<[string, Asked]>([
    ['neither name nor service', { node: null }],
    ['an unknown family', { node: 'peer', hints: { ai_family: 99 } }],
  ])('STATUS_INVALID_PARAMETER inline: %s', async (_what, asked) => {
    expect(await lookUp(asked)).toMatchObject({ inline: true, status: 'STATUS_INVALID_PARAMETER', found: [] });
  });

  test('can be cancelled, and its answer is then not waited for', async () => {
    expect(await lookUp({ node: 'peer', cancel: true })).toMatchObject({ status: 'STATUS_CANCELLED', found: [] });
  });

  test('the name asked for comes back when it is wanted', async () => {
    expect(await lookUp({ node: 'peer', hints: { ai_flags: AI_CANONNAME } })).toMatchObject({ canonical: 'peer' });
    expect(await lookUp({ node: 'peer' })).toMatchObject({ canonical: null });
  });

  test('without IRP or client the call fails at once and touches nothing', async () => {
    const statuses = await withProvider(function* (nt, { Client, Dispatch }) {
      const irp = nt.IoAllocateIrp(1, false)!;
      const Result = { value: null };
      const ask = (client: typeof Client | null, to: IRP | null): string =>
        ntStatusName(Dispatch.WskGetAddressInfo(client, 'peer', null, NS_ALL, null, null, Result, null, null, to));
      const found = [ask(Client, null), ask(null, irp), irp.IoStatus.Status];
      nt.IoFreeIrp(irp);
      yield* [];
      return found;
    });
    expect(statuses).toEqual(['STATUS_INVALID_PARAMETER', 'STATUS_INVALID_HANDLE', 0]);
  });
});

const reverse = (address: SOCKADDR_IN, Flags: number, room = 100) =>
  withProvider(function* (nt, { Client, Dispatch }) {
    const texts: string[] = [];
    const out = { assign: (text: string) => text.length <= room && texts.push(text) > 0 };
    const call = (irp: IRP): number => Dispatch.WskGetNameInfo(Client, address, 16, out, out, Flags, null, null, irp);
    return { ...(yield* ended(nt, call)), texts };
  });

describe('WskGetNameInfo', () => {
  test.each<[string, SOCKADDR_IN, number, string[]]>([
    ['a machine of the network', new SOCKADDR_IN('10.0.0.2', 80), 0, ['peer', 'http']],
    [
      'numbers where they are wanted',
      new SOCKADDR_IN('10.0.0.2', 80),
      NI_NUMERICHOST | NI_NUMERICSERV,
      ['10.0.0.2', '80'],
    ],
    ['an address without a name', new SOCKADDR_IN('10.9.9.9', 7000), 0, ['10.9.9.9', '7000']],
  ])('%s', async (_what, address, flags, texts) => {
    expect(await reverse(address, flags)).toMatchObject({ status: 'STATUS_SUCCESS', information: 0, texts });
  });

  test('an address without a name where one is required: STATUS_NOT_FOUND', async () => {
    expect(await reverse(new SOCKADDR_IN('10.9.9.9', 7), NI_NAMEREQD)).toMatchObject({ status: 'STATUS_NOT_FOUND' });
  });

  test('a text that does not fit: STATUS_BUFFER_TOO_SMALL', async () => {
    expect(await reverse(new SOCKADDR_IN('10.0.0.2', 7), 0, 3)).toMatchObject({ status: 'STATUS_BUFFER_TOO_SMALL' });
  });
});
