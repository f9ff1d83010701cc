/*
 * The memory for a sender's address is pageable, and WSK writes to it at DISPATCH_LEVEL.
 */
#include "../common.h"

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call, Receiving;
  PIRP Pending;
  PWSK_SOCKET Socket;
  WSK_BUF Buffer;
  PVOID Memory = NonPaged(64);
  PSOCKADDR_IN From = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*From), TAG);

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  NewCall(&Receiving);
  Describe(&Buffer, Memory, 64);
  Socket = OpenDatagramSocket(&Call, NULL);
  Pending = Ready(&Receiving);
  DATAGRAM(Socket)->WskReceiveFrom(Socket, &Buffer, 0, (PSOCKADDR)From, NULL, NULL, NULL, Pending); /* BUG: From is paged */
  SendDatagram(&Call, Socket, &Buffer);
  Finish(&Receiving);
  ExFreePoolWithTag(From, TAG);
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Pending);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
