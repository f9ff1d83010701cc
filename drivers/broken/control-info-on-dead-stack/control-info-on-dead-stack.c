/*
 * A datagram is waited for whose control information goes into a local variable of a function that returns.
 */
#include "../common.h"

static CALL Receiving;
static PIRP Pending;
static WSK_BUF Buffer;
static ULONG ControlLength;

static VOID StartReceiving(PWSK_SOCKET Socket) {
  struct {
    CMSGHDR Header;
    IN_PKTINFO Info;
  } Control;

  ControlLength = sizeof(Control);
  Pending = Ready(&Receiving);
  DATAGRAM(Socket)->WskReceiveFrom(Socket, &Buffer, 0, NULL, &ControlLength, &Control.Header, NULL, Pending); /* BUG: Control is gone when one comes */
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  PVOID Memory = NonPaged(64);

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  NewCall(&Receiving);
  Describe(&Buffer, Memory, 64);
  Socket = OpenDatagramSocket(&Call, NULL);
  StartReceiving(Socket);
  SendDatagram(&Call, Socket, &Buffer);
  Finish(&Receiving);
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Pending);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
