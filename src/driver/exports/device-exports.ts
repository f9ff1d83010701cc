import {
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_OBJECT_NAME_COLLISION,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

const create = (
  guest: Guest,
  extension: number,
  name: number,
  type: number,
  characteristics: number,
  result: number,
): number => {
  const text = guest.memory.unicodeString(name >>> 0);
  if (text !== '' && guest.devices.find(text) !== null) return STATUS_OBJECT_NAME_COLLISION;
  const device = guest.devices.create(extension >>> 0, text, type, characteristics);
  if (device === null) return STATUS_INSUFFICIENT_RESOURCES;
  guest.memory.write32(result >>> 0, device.address);
  return STATUS_SUCCESS;
};

/** Symbolic links of a driver: beyond, one that makes them in a loop is told that there is no memory. */
const MOST_NAMES = 1000;

/** Source: wdm.h reference, the functions of these names. */
export const deviceExports: ExportTable = {
  plain: {
    IoCreateDevice: (
      guest: Guest,
      _Driver: number,
      Extension: number,
      Name: number,
      Type: number,
      Characteristics: number,
      _Exclusive: number,
      Result: number,
    ) => create(guest, Extension, Name, Type, Characteristics, Result),
    IoCreateDeviceSecure: (
      guest: Guest,
      _Driver: number,
      Extension: number,
      Name: number,
      Type: number,
      Characteristics: number,
      _Exclusive: number,
      _Sddl: number,
      _Class: number,
      Result: number,
    ) => create(guest, Extension, Name, Type, Characteristics, Result),
    IoDeleteDevice: (guest: Guest, Device: number) => {
      guest.memory.check(Device >>> 0, 4, true, 'IoDeleteDevice');
      guest.devices.delete(Device >>> 0);
    },
    IoCreateSymbolicLink: (guest: Guest, Link: number, Target: number) => {
      const link = guest.memory.unicodeString(Link >>> 0).toLowerCase();
      if (guest.devices.links.has(link)) return STATUS_OBJECT_NAME_COLLISION;
      if (guest.devices.links.size >= MOST_NAMES) return STATUS_INSUFFICIENT_RESOURCES;
      guest.devices.links.set(link, guest.memory.unicodeString(Target >>> 0));
      return STATUS_SUCCESS;
    },
    IoDeleteSymbolicLink: (guest: Guest, Link: number) =>
      guest.devices.links.delete(guest.memory.unicodeString(Link >>> 0).toLowerCase())
        ? STATUS_SUCCESS
        : STATUS_OBJECT_NAME_NOT_FOUND,
  },
  waiting: {},
};
