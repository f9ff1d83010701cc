/*
 * The length of the structure is sent, not that of the memory.
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

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Socket = ConnectSocket(&Call);
  Describe(&Buffer, NonPaged(64), 64);
  Buffer.Length = 128;
  CONNECTION(Socket)->WskSend(Socket, &Buffer, 0, Ready(&Call)); /* BUG: the MDL has 64 bytes */
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
