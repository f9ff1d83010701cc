/*
 * The MDL of a send is freed when the call returns.
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
  PVOID Memory;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Socket = ConnectSocket(&Call);
  Memory = NonPaged(64);
  Describe(&Buffer, Memory, 64);
  CONNECTION(Socket)->WskSend(Socket, &Buffer, 0, Ready(&Call));
  IoFreeMdl(Buffer.Mdl); /* BUG: the send is pending */
  Finish(&Call);
  ExFreePoolWithTag(Memory, TAG);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
