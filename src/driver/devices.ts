import type { DEVICE_OBJECT } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { DEVICE_OBJECT as Device, DRIVER_OBJECT as Driver } from './layout.ts';

/** A DEVICE_OBJECT in a driver's memory. */
export class GuestDevice {
  readonly address: number;
  readonly name: string;

  constructor(address: number, name: string) {
    this.address = address;
    this.name = name;
  }
}

/** IO_TYPE_DEVICE, DO_DEVICE_INITIALIZING */
const TYPE = 3;
const DO_DEVICE_INITIALIZING = 0x80;

/** Devices of a driver: beyond, one that makes them in a loop is told that there is no memory. */
const MOST_DEVICES = 1000;

/** A driver's devices and the names that lead to them. */
export class DeviceTable {
  private readonly guest: Guest;
  private readonly devices = new Map<number, GuestDevice>();
  /** Symbolic links: `\DosDevices\Echo` to `\Device\Echo`. */
  readonly links = new Map<string, string>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** @returns the new device, or null when there is no memory */
  create(extensionSize: number, name: string, type: number, characteristics: number): GuestDevice | null {
    const { guest } = this;
    const { memory, pool } = guest;
    if (this.devices.size >= MOST_DEVICES) return null;
    const address = pool.allocate(Device.size + extensionSize, 'object', '', false, guest.places.here());
    if (address === 0) return null;
    memory.fill(address, Device.size + extensionSize, 0);
    memory.write16(address + Device.Type, TYPE);
    memory.write16(address + Device.Size, Device.size + extensionSize);
    memory.write32(address + Device.DriverObject, guest.driverObject);
    memory.write32(address + Device.NextDevice, memory.read32(guest.driverObject + Driver.DeviceObject));
    memory.write32(address + Device.Flags, DO_DEVICE_INITIALIZING);
    memory.write32(address + Device.Characteristics, characteristics);
    if (extensionSize > 0) memory.write32(address + Device.DeviceExtension, address + Device.size);
    memory.write32(address + Device.DeviceType, type);
    memory.write8(address + Device.StackSize, 1);
    memory.write32(guest.driverObject + Driver.DeviceObject, address);
    const device = new GuestDevice(address, name);
    this.devices.set(address, device);
    guest.pointers.name(device, address);
    return device;
  }

  /** @returns false when there is no such device */
  delete(address: number): boolean {
    const { memory, pool, driverObject } = this.guest;
    if (!this.devices.delete(address)) return false;
    const next = memory.read32(address + Device.NextDevice);
    let link = driverObject + Driver.DeviceObject;
    while (memory.readU32(link) !== address && memory.readU32(link) !== 0)
      link = memory.readU32(link) + Device.NextDevice;
    memory.write32(link, next);
    pool.release(address, this.guest.places.here());
    return true;
  }

  at(address: number): DEVICE_OBJECT | null {
    return this.devices.get(address) ?? null;
  }

  /** Finds a device by its name or by a symbolic link to it; case does not matter. */
  find(name: string): GuestDevice | null {
    const wanted = (this.links.get(name.toLowerCase()) ?? name).toLowerCase();
    for (const device of this.devices.values()) if (device.name.toLowerCase() === wanted) return device;
    return null;
  }

  get all(): GuestDevice[] {
    return [...this.devices.values()];
  }
}
