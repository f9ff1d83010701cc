/*
 * The address of the peer is asked for into a local variable, and nobody waits for the answer.
 */
#include "../common.h"

static PIRP Asked;
static CALL Question;

static VOID AskAddress(PWSK_SOCKET Socket) {
  SOCKADDR_IN Remote;

  NewCall(&Question);
  Asked = Ready(&Question);
  CONNECTION(Socket)->WskGetRemoteAddress(Socket, (PSOCKADDR)&Remote, Asked); /* BUG: Remote is gone when it comes */
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PWSK_SOCKET Socket;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Socket = ConnectSocket(&Call);
  AskAddress(Socket);
  Finish(&Question);
  IoFreeIrp(Asked);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
