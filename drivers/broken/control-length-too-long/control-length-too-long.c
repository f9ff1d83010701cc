/*
 * WskReceiveFrom is told that there is more room for control information than was allocated.
 */
#include "../common.h"

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  WSK_BUF Buffer;
  PVOID Memory = NonPaged(64);
  PCMSGHDR Control = NonPaged(WSA_CMSG_SPACE(sizeof(IN_PKTINFO)));
  ULONG ControlLength = WSA_CMSG_SPACE(sizeof(IN6_PKTINFO));

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Describe(&Buffer, Memory, 64);
  Socket = OpenDatagramSocket(&Call, NULL);
  SendDatagram(&Call, Socket, &Buffer);
  DATAGRAM(Socket)->WskReceiveFrom(Socket, &Buffer, 0, NULL, &ControlLength, Control, NULL, Ready(&Call)); /* BUG: ControlLength is IPv6's */
  Finish(&Call);
  ExFreePoolWithTag(Control, TAG);
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
