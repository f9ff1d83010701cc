import { afterEach, describe, expect, test, vi } from 'vitest';
import { hostObstacle, openHostMachine } from '../../src/public/host.ts';

describe('the transport of a host machine', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('auto takes the direct sockets where they can be had', async () => {
    const machine = await openHostMachine();
    expect(machine.transport).toBe((await hostObstacle()) === null ? 'koffi' : 'net');
    machine.close();
  });

  test('net can be had on purpose', async () => {
    const machine = await openHostMachine({ transport: 'net' });
    expect(machine.transport).toBe('net');
    machine.close();
  });

  test('off Linux auto takes net, and koffi by name says why it cannot be', async () => {
    vi.stubGlobal('process', { ...process, platform: 'win32' });
    const machine = await openHostMachine();
    expect(machine.transport).toBe('net');
    machine.close();
    await expect(openHostMachine({ transport: 'koffi' })).rejects.toMatchObject({
      code: 'OWSK_NO_HOST',
      message: expect.stringContaining('the system is win32'),
    });
  });
});
