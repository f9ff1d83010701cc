import { AF_INET6 } from '../../base/index.ts';
import { type Libc, MSG_DONTWAIT, MSG_TRUNC } from '../../system/libc.ts';
import type { DatagramInfo } from '../../wsk/transport.ts';
import { fromLinux } from './linux-sockaddr.ts';
import { IP_PKTINFO, IPPROTO_IP, IPPROTO_IPV6, IPV6_PKTINFO } from './socket-options.ts';

const LONGEST = 65_536;
const NAME = LONGEST;
const NAME_SIZE = 28;
const CONTROL = NAME + 32;
const CONTROL_SIZE = 128;
const IOV = CONTROL + CONTROL_SIZE;
/** struct msghdr of 64-bit Linux: name, namelen, iov, iovlen, control, controllen, flags. */
const HEADER = IOV + 16;
const HEADER_SIZE = 56;
/** struct cmsghdr: len, level, type. */
const CMSG_DATA = 16;

/** Receives datagrams with their sender and destination (recvmsg), into memory that is laid out once. */
export class DatagramReceiver {
  /** What the last one held is in its first bytes. */
  readonly bytes = new Uint8Array(HEADER + HEADER_SIZE);
  private readonly libc: Libc;
  private readonly view = new DataView(this.bytes.buffer);
  private readonly header = this.bytes.subarray(HEADER);
  private readonly name = this.bytes.subarray(NAME, NAME + NAME_SIZE);

  constructor(libc: Libc) {
    this.libc = libc;
    const at = libc.addressOf(this.bytes);
    this.pointer(IOV, at);
    this.pointer(IOV + 8, LONGEST);
    this.pointer(HEADER, at + NAME);
    this.pointer(HEADER + 16, at + IOV);
    this.pointer(HEADER + 24, 1);
    this.pointer(HEADER + 32, at + CONTROL);
  }

  private pointer(at: number, value: number): void {
    this.view.setBigUint64(at, BigInt(value), true);
  }

  /** @returns bytes, or -1: look at errno */
  receive(fd: number, info: DatagramInfo): number {
    const { view } = this;
    view.setUint32(HEADER + 8, NAME_SIZE, true);
    view.setUint32(HEADER + 40, CONTROL_SIZE, true);
    const length = Number(this.libc.recvmsg(fd, this.header, MSG_DONTWAIT | MSG_TRUNC));
    if (length < 0) return -1;
    info.length = length;
    info.cast = 'unicast';
    const sender = fromLinux(this.name);
    if (sender !== null) info.remote.assign(sender);
    const end = CONTROL + view.getUint32(HEADER + 40, true);
    for (let at = CONTROL; at + CMSG_DATA <= end; ) {
      const size = view.getUint32(at, true);
      if (size < CMSG_DATA) break;
      this.readControl(at, info);
      at += (size + 7) & ~7;
    }
    return length;
  }

  private readControl(at: number, info: DatagramInfo): void {
    const { view, bytes } = this;
    const [level, type, data] = [view.getInt32(at + 8, true), view.getInt32(at + 12, true), at + CMSG_DATA];
    const is6 = info.local.sa_family === AF_INET6;
    if (!is6 && level === IPPROTO_IP && type === IP_PKTINFO) {
      // struct in_pktinfo: the interface, the local address that stands for it, the destination in the header.
      info.interfaceIndex = view.getInt32(data, true);
      info.local.address.set(bytes.subarray(data + 8, data + 12));
      if (bytes[data + 8] >> 4 === 0xe) info.cast = 'multicast';
      else if (view.getInt32(data + 4) !== view.getInt32(data + 8)) info.cast = 'broadcast';
    } else if (is6 && level === IPPROTO_IPV6 && type === IPV6_PKTINFO) {
      info.local.address.set(bytes.subarray(data, data + 16));
      info.interfaceIndex = view.getInt32(data + 16, true);
      if (bytes[data] === 0xff) info.cast = 'multicast';
    }
  }
}
