/*
 * A receive with a time limit leaves its event and its IRP to a function that returns.
 */
#include "../common.h"

static PIRP Pending;

static NTSTATUS ReceiveWithin(PWSK_SOCKET Socket, PWSK_BUF Buffer, LONG Limit) {
  LARGE_INTEGER Time = Milliseconds(Limit);
  CALL Call;
  NTSTATUS Status;

  NewCall(&Call);
  Pending = Call.Irp;
  Status = CONNECTION(Socket)->WskReceive(Socket, Buffer, 0, Ready(&Call)); /* BUG: no IoCancelIrp after the time-out */
  if (Status == STATUS_PENDING) {
    Status = KeWaitForSingleObject(&Call.Event, Executive, KernelMode, FALSE, &Time);
  }
  return Status;
}

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
  if (ReceiveWithin(Socket, &Buffer, 100) == STATUS_TIMEOUT) {
    DbgPrint("nothing came\n");
  }
  CloseSocket(&Call, Socket);
  IoFreeIrp(Pending);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
