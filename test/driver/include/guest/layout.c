// Layouts beyond those the headers assert themselves: offsets, constants and tables, for both Windows.
#include <bcrypt.h>
#include <mstcpip.h>
#include <netioapi.h>
#include <ntifs.h>
#include <wsk.h>
#define SIZE OWSK_SIZE
#define AT OWSK_AT
AT(IRP, MdlAddress, 4, 8);
AT(IRP, Flags, 8, 16);
AT(IRP, AssociatedIrp, 12, 24);
AT(IRP, ThreadListEntry, 16, 32);
AT(IRP, RequestorMode, 32, 64);
AT(IRP, PendingReturned, 33, 65);
AT(IRP, StackCount, 34, 66);
AT(IRP, CurrentLocation, 35, 67);
AT(IRP, Cancel, 36, 68);
AT(IRP, AllocationFlags, 39, 71);
AT(IRP, UserIosb, 40, 72);
AT(IRP, UserEvent, 44, 80);
AT(IRP, Overlay, 48, 88);
AT(IRP, UserBuffer, 60, 112);
AT(IRP, Tail.Overlay.Thread, 80, 152);
AT(IRP, Tail.Overlay.AuxiliaryBuffer, 84, 160);
AT(IRP, Tail.Overlay.ListEntry, 88, 168);
AT(IRP, Tail.Overlay.CurrentStackLocation, 96, 184);
AT(IRP, Tail.Overlay.OriginalFileObject, 100, 192);
AT(IO_STACK_LOCATION, Control, 3, 3);
AT(IO_STACK_LOCATION, Parameters, 4, 8);
AT(IO_STACK_LOCATION, Parameters.Read.ByteOffset, 12, 24);
AT(IO_STACK_LOCATION, Parameters.DeviceIoControl.IoControlCode, 12, 24);
AT(IO_STACK_LOCATION, Parameters.Power.ShutdownType, 16, 32);
AT(IO_STACK_LOCATION, FileObject, 24, 48);
AT(IO_STACK_LOCATION, Context, 32, 64);
AT(MDL, Size, 4, 8);
AT(MDL, MdlFlags, 6, 10);
AT(MDL, Process, 8, 16);
AT(MDL, StartVa, 16, 32);
AT(MDL, ByteCount, 20, 40);
AT(DEVICE_OBJECT, Flags, 28, 48);
AT(DEVICE_OBJECT, Dpc, 116, 200);
AT(DRIVER_OBJECT, DriverExtension, 24, 48);
AT(DRIVER_OBJECT, MajorFunction, 56, 112);
AT(FILE_OBJECT, FileName, 48, 88);
AT(KTIMER, DueTime, 16, 24);
AT(KTIMER, Period, 36, 60);
AT(KSEMAPHORE, Limit, 16, 24);
AT(KMUTEX, OwnerThread, 24, 40);
AT(FAST_MUTEX, Event, 12, 24);
AT(WSK_DATAGRAM_INDICATION, RemoteAddress, 24, 48);
AT(WSK_PROVIDER_DISPATCH, WskSocket, 4, 8);
AT(WSK_PROVIDER_DISPATCH, WskFreeAddressInfo, 20, 40);
AT(WSK_PROVIDER_CONNECTION_DISPATCH, WskCloseSocket, 4, 8);
AT(WSK_PROVIDER_CONNECTION_DISPATCH, WskSend, 24, 48);
AT(WSK_PROVIDER_CONNECTION_DISPATCH, WskConnectEx, 40, 80);
AT(WSK_PROVIDER_STREAM_DISPATCH, WskSend, 24, 48);
AT(WSK_PROVIDER_STREAM_DISPATCH, WskConnectEx, 48, 96);
AT(WSK_PROVIDER_DATAGRAM_DISPATCH, WskSendMessages, 28, 56);
AT(SOCKADDR_IN6, sin6_scope_id, 24, 24);
AT(SOCKADDR_IN6, sin6_addr, 8, 8);
AT(ADDRINFOEXW, ai_addr, 24, 32);
SIZE(MIB_UNICASTIPADDRESS_ROW, 80, 80);
SIZE(MIB_IPFORWARD_ROW2, 104, 104);
SIZE(KSPIN_LOCK, 4, 8);
SIZE(EX_PUSH_LOCK, 4, 8);
SIZE(WCHAR, 2, 2);
SIZE(LARGE_INTEGER, 8, 8);
C_ASSERT(SIO_WSK_SET_REMOTE_ADDRESS == 0x8F000001);
C_ASSERT(SIO_WSK_REGISTER_EXTENSION == 0xCF000002);
C_ASSERT(SIO_WSK_QUERY_IDEAL_SEND_BACKLOG == 0x4F000003);
C_ASSERT(SIO_WSK_SET_TCP_SILENT_MODE == 0x2F000007);
C_ASSERT(SIO_ADDRESS_LIST_CHANGE == 0x28000017);
C_ASSERT(SIO_KEEPALIVE_VALS == 0x98000004);
C_ASSERT(SIO_TCP_INFO == 0xD8000027);
C_ASSERT(SO_WSK_EVENT_CALLBACK == 0x4002);
C_ASSERT(MAKE_WSK_VERSION(1, 0) == 0x0100);
C_ASSERT(IoSizeOfIrp(1) == (sizeof(void *) == 4 ? 148 : 280));
C_ASSERT(STATUS_BUFFER_OVERFLOW < 0 && !NT_ERROR(STATUS_BUFFER_OVERFLOW));
C_ASSERT(CTL_CODE(FILE_DEVICE_NETWORK, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS) == 0x122000);
C_ASSERT(sizeof(L"ab") == 6);
C_ASSERT(MmLargeSystem == 2 && WskInspectMax == 3 && UserMode == 1 && WrFastMutex == 34);
