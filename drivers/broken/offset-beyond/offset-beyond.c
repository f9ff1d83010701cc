/*
 * After the first half is sent, the offset is counted over all MDLs.
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
  Describe(&Buffer, NonPaged(32), 32);
  Buffer.Mdl->Next = IoAllocateMdl(NonPaged(32), 32, FALSE, FALSE, NULL);
  MmBuildMdlForNonPagedPool(Buffer.Mdl->Next);
  Buffer.Offset = 32;
  CONNECTION(Socket)->WskSend(Socket, &Buffer, 0, Ready(&Call)); /* BUG: Offset lies in the second MDL */
  Finish(&Call);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
