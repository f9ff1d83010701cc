/*
 * The room for a sender's address is that of IPv4, and the socket is one of IPv6.
 */
#include "../common.h"

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;
  SOCKADDR_IN6 Local = {.sin6_family = AF_INET6};
  WSK_BUF Buffer;
  PVOID Memory = NonPaged(64);
  PSOCKADDR From = NonPaged(sizeof(*From));

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Describe(&Buffer, Memory, 64);
  Provider.Dispatch->WskSocket(Provider.Client, AF_INET6, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL,
                               NULL, NULL, NULL, Ready(&Call));
  Finish(&Call);
  Socket = (PWSK_SOCKET)Call.Irp->IoStatus.Information;
  DATAGRAM(Socket)->WskBind(Socket, (PSOCKADDR)&Local, 0, Ready(&Call));
  Finish(&Call);
  DATAGRAM(Socket)->WskReceiveFrom(Socket, &Buffer, 0, From, NULL, NULL, NULL, Ready(&Call)); /* BUG: 16 bytes of 28 */
  IoCancelIrp(Call.Irp);
  Finish(&Call);
  ExFreePoolWithTag(From, TAG);
  IoFreeMdl(Buffer.Mdl);
  ExFreePoolWithTag(Memory, TAG);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
