/*
 * Two datagrams are sent with one call, and the second one's buffer is freed before they are sent.
 */
#include "../common.h"

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  SOCKADDR_IN Remote;
  WSK_BUF_LIST List[2];
  PVOID First = NonPaged(64), Second = NonPaged(64);
  PIRP Irp;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Describe(&List[0].Buffer, First, 64);
  Describe(&List[1].Buffer, Second, 64);
  List[0].Next = &List[1];
  List[1].Next = NULL;
  PeerAddress(&Remote);
  Socket = OpenDatagramSocket(&Call, NULL);
  Irp = Ready(&Call);
  DATAGRAM(Socket)->WskSendMessages(Socket, List, 0, (PSOCKADDR)&Remote, 0, NULL, Irp);
  ExFreePoolWithTag(Second, TAG); /* BUG: before Finish */
  Finish(&Call);
  IoFreeMdl(List[0].Buffer.Mdl);
  IoFreeMdl(List[1].Buffer.Mdl);
  ExFreePoolWithTag(First, TAG);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
