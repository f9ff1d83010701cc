/**
 * Where 32-bit Windows keeps the fields of the structures that both a driver and this host read: offsets and sizes in
 * bytes. Little-endian; pointers and SIZE_T have 4 bytes. `include/` declares the same structures; a test compiles
 * these numbers against it.
 */
export const UNICODE_STRING = { Length: 0, MaximumLength: 2, Buffer: 4, size: 8 } as const;

/** IRP (wdm.h). IO_STACK_LOCATIONs follow it. */
export const IRP = {
  Type: 0x00,
  Size: 0x02,
  MdlAddress: 0x04,
  Flags: 0x08,
  SystemBuffer: 0x0c,
  Status: 0x18,
  Information: 0x1c,
  RequestorMode: 0x20,
  PendingReturned: 0x21,
  StackCount: 0x22,
  CurrentLocation: 0x23,
  Cancel: 0x24,
  CancelIrql: 0x25,
  AllocationFlags: 0x27,
  CancelRoutine: 0x38,
  UserBuffer: 0x3c,
  DriverContext: 0x40,
  Thread: 0x50,
  CurrentStackLocation: 0x60,
  OriginalFileObject: 0x64,
  size: 112,
} as const;

/** IO_STACK_LOCATION (wdm.h). */
export const STACK_LOCATION = {
  MajorFunction: 0x00,
  MinorFunction: 0x01,
  Flags: 0x02,
  Control: 0x03,
  Parameters: 0x04,
  DeviceObject: 0x14,
  FileObject: 0x18,
  CompletionRoutine: 0x1c,
  Context: 0x20,
  size: 36,
} as const;

/** MDL (wdm.h). One PFN of 4 bytes follows for each page. */
export const MDL = {
  Next: 0x00,
  Size: 0x04,
  MdlFlags: 0x06,
  Process: 0x08,
  MappedSystemVa: 0x0c,
  StartVa: 0x10,
  ByteCount: 0x14,
  ByteOffset: 0x18,
  size: 28,
} as const;

export const DRIVER_OBJECT = {
  Type: 0x00,
  Size: 0x02,
  DeviceObject: 0x04,
  DriverExtension: 0x18,
  DriverName: 0x1c,
  DriverInit: 0x2c,
  DriverUnload: 0x34,
  MajorFunction: 0x38,
  size: 168,
} as const;

export const DEVICE_OBJECT = {
  Type: 0x00,
  Size: 0x02,
  ReferenceCount: 0x04,
  DriverObject: 0x08,
  NextDevice: 0x0c,
  AttachedDevice: 0x10,
  Flags: 0x1c,
  Characteristics: 0x20,
  DeviceExtension: 0x28,
  DeviceType: 0x2c,
  StackSize: 0x30,
  AlignmentRequirement: 0x5c,
  size: 184,
} as const;

export const FILE_OBJECT = { Type: 0x00, Size: 0x02, DeviceObject: 0x04, FsContext: 0x0c, size: 128 } as const;

/** DISPATCHER_HEADER, which every object that can be waited for begins with. */
export const DISPATCHER_HEADER = { Type: 0x00, Size: 0x02, SignalState: 0x04, WaitListHead: 0x08, size: 16 } as const;

/** What DISPATCHER_HEADER.Type says. */
export const ObjectType = {
  NotificationEvent: 0,
  SynchronizationEvent: 1,
  Mutant: 2,
  Process: 3,
  Semaphore: 5,
  Thread: 6,
  NotificationTimer: 8,
  SynchronizationTimer: 9,
} as const;

export const KTIMER = { DueTime: 0x10, Dpc: 0x20, Period: 0x24, size: 40 } as const;
export const KSEMAPHORE = { Limit: 0x10, size: 20 } as const;
export const KMUTANT = { OwnerThread: 0x18, size: 32 } as const;
export const KDPC = {
  Type: 0x00,
  DeferredRoutine: 0x0c,
  DeferredContext: 0x10,
  SystemArgument1: 0x14,
  SystemArgument2: 0x18,
  size: 32,
} as const;

export const WSK_BUF = { Mdl: 0, Offset: 4, Length: 8, size: 12 } as const;
export const WSK_BUF_LIST = { Next: 0, Buffer: 4, size: 16 } as const;
export const WSK_DATA_INDICATION = { Next: 0, Buffer: 4, size: 16 } as const;
/** It begins as WSK_DATA_INDICATION does. */
export const WSK_DATAGRAM_INDICATION = {
  Next: 0,
  Buffer: 4,
  ControlInfo: 16,
  ControlInfoLength: 20,
  RemoteAddress: 24,
  size: 28,
} as const;
export const WSK_CLIENT_NPI = { ClientContext: 0, Dispatch: 4 } as const;
export const WSK_CLIENT_DISPATCH = { Version: 0, Reserved: 2, WskClientEvent: 4 } as const;
export const WSK_PROVIDER_NPI = { Client: 0, Dispatch: 4 } as const;
/** ReservedRegistrationState is 8 bytes at 0. */
export const WSK_REGISTRATION = { State: 0, Context: 8, Lock: 12, size: 16 } as const;
export const WSK_SOCKET = { Dispatch: 0, size: 8 } as const;
export const WSK_INSPECT_ID = { Key: 0, SerialNumber: 4, size: 8 } as const;
export const WSK_EVENT_CALLBACK_CONTROL = { NpiId: 0, EventMask: 4, size: 8 } as const;

export const SOCKET_ADDRESS = { lpSockaddr: 0, iSockaddrLength: 4, size: 8 } as const;
/** As many SOCKET_ADDRESSes as `iAddressCount` says, from `Address` on. */
export const SOCKET_ADDRESS_LIST = { iAddressCount: 0, Address: 4 } as const;
/** The data follow at `size`. */
export const CMSGHDR = { cmsg_len: 0, cmsg_level: 4, cmsg_type: 8, size: 12 } as const;

export const ADDRINFOEXW = {
  ai_flags: 0,
  ai_family: 4,
  ai_socktype: 8,
  ai_protocol: 12,
  ai_addrlen: 16,
  ai_canonname: 20,
  ai_addr: 24,
  ai_blob: 28,
  ai_bloblen: 32,
  ai_provider: 36,
  ai_next: 40,
  size: 44,
} as const;

export const CLIENT_LISTEN_DISPATCH = { WskAcceptEvent: 0, WskInspectEvent: 4, WskAbortEvent: 8 } as const;
export const CLIENT_DATAGRAM_DISPATCH = { WskReceiveFromEvent: 0 } as const;
export const CLIENT_CONNECTION_DISPATCH = {
  WskReceiveEvent: 0,
  WskDisconnectEvent: 4,
  WskSendBacklogEvent: 8,
} as const;
export const CLIENT_STREAM_DISPATCH = { Listen: 0, Connect: 4 } as const;

/** PAGE_SIZE of x86. */
export const PAGE_SIZE = 4096;
