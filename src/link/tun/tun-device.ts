import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { constants as os } from 'node:os';
import { OpenWskError } from '../../base/index.ts';
import { hostObstacle, type Libc, SOCK_CLOEXEC } from '../../system/libc.ts';
import { SLOT_BYTES } from '../arena.ts';

const CLONE_DEVICE = '/dev/net/tun';
const TUNSETIFF = 0x400454ca;
const SIOCGIFMTU = 0x8921;
const SIOCSIFMTU = 0x8922;
/** Whole IP packets, and no header of the driver's in front of them. */
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
/** struct ifreq: the name, then a union of 24 bytes. */
const IFREQ_BYTES = 40;
const IFNAMSIZ = 16;
const LEAST_MTU = 68; // RFC 791, section 3.2
const AF_INET = 2;
const SOCK_DGRAM = 2;
const CAP_NET_ADMIN = 12n;

/** Why no TUN device can be made here, or null. One that root has made for this user may work all the same. */
export const tunObstacle = async (): Promise<string | null> => {
  const obstacle = await hostObstacle();
  if (obstacle !== null) return obstacle;
  if (!existsSync(CLONE_DEVICE)) return `there is no ${CLONE_DEVICE} (modprobe tun, or mknod ${CLONE_DEVICE} c 10 200)`;
  try {
    closeSync(openSync(CLONE_DEVICE, constants.O_RDWR));
  } catch (error) {
    return `${CLONE_DEVICE} cannot be opened (${(error as NodeJS.ErrnoException).code})`;
  }
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${held}`) >> CAP_NET_ADMIN) & 1n) === 1n ? null : 'making a device takes root (CAP_NET_ADMIN)';
};

/** A network interface of the system whose packets this process writes and reads. It goes away when it is closed. */
export interface TunDevice {
  readonly fd: number;
  /** As the system knows it, such as owsk0. */
  readonly name: string;
  /** The longest IP packet, in bytes. */
  readonly mtu: number;
}

/**
 * Opens a device, making it if need be, in the network namespace of the calling thread.
 * @param name such as owsk0, or owsk%d for the first number that is free
 * @param mtu bytes, from 68 to 2,048; what the device has unless given
 * @throws OpenWskError OWSK_NO_TUN, OWSK_INVALID_SETTING
 */
export const openTunDevice = (libc: Libc, name = 'owsk%d', mtu?: number): TunDevice => {
  if (!/^[^\s/:]{1,15}$/.test(name)) {
    throw new OpenWskError('OWSK_INVALID_SETTING', `"${name}" names no interface; give up to 15 letters`, 'device');
  }
  if (mtu !== undefined && !(Number.isInteger(mtu) && mtu >= LEAST_MTU && mtu <= SLOT_BYTES)) {
    const text = `mtu is ${mtu}; give a whole number of bytes from ${LEAST_MTU} to ${SLOT_BYTES}`;
    throw new OpenWskError('OWSK_INVALID_SETTING', text, 'mtu');
  }
  const fd = openClone();
  try {
    const request = ifreq(name);
    new DataView(request.buffer).setUint16(IFNAMSIZ, IFF_TUN | IFF_NO_PI, true);
    if (libc.ioctl(fd, TUNSETIFF, request) !== 0) throw refused(name, libc.errno());
    const given = Buffer.from(request.subarray(0, request.indexOf(0))).toString('latin1');
    return { fd, name: given, mtu: deviceMtu(libc, given, mtu) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};

const openClone = (): number => {
  try {
    return openSync(CLONE_DEVICE, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OpenWskError('OWSK_NO_TUN', `${CLONE_DEVICE} cannot be opened (${code}); openwsk doctor says more`);
  }
};

const refused = (name: string, errno: number): OpenWskError => {
  if (errno === os.errno.EBUSY)
    return new OpenWskError('OWSK_NO_TUN', `${name} is in use by another program`, 'device');
  if (errno !== os.errno.EPERM)
    return new OpenWskError('OWSK_NO_TUN', `the device ${name} cannot be had (errno ${errno})`, 'device');
  const how = `sudo ip tuntap add dev ${name.replace('%d', '0')} mode tun user $USER`;
  return new OpenWskError('OWSK_NO_TUN', `making a device takes root; make it once with: ${how}`, 'device');
};

const deviceMtu = (libc: Libc, name: string, wanted: number | undefined): number => {
  const socket = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const request = ifreq(name);
  const view = new DataView(request.buffer);
  try {
    if (libc.ioctl(socket, SIOCGIFMTU, request) !== 0)
      throw new OpenWskError('OWSK_NO_TUN', `${name} does not tell its MTU (errno ${libc.errno()})`);
    const present = view.getInt32(IFNAMSIZ, true);
    if (wanted === undefined || wanted === present) return checkedMtu(name, present);
    view.setInt32(IFNAMSIZ, wanted, true);
    if (libc.ioctl(socket, SIOCSIFMTU, request) === 0) return wanted;
    const text = `the MTU of ${name} is ${present} and cannot be changed (errno ${libc.errno()}); leave mtu out`;
    throw new OpenWskError('OWSK_INVALID_SETTING', text, 'mtu');
  } finally {
    libc.close(socket);
  }
};

const checkedMtu = (name: string, mtu: number): number => {
  if (mtu <= SLOT_BYTES) return mtu;
  const text = `the MTU of ${name} is ${mtu}; set it to ${SLOT_BYTES} or less (ip link set ${name} mtu 1500)`;
  throw new OpenWskError('OWSK_INVALID_SETTING', text, 'mtu');
};

const ifreq = (name: string): Uint8Array<ArrayBuffer> => {
  const request = new Uint8Array(IFREQ_BYTES);
  request.set(Buffer.from(name, 'latin1'));
  return request;
};
