/*
 * An address of the list is used after the list was freed.
 */
#include "../common.h"

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"peer");
static UNICODE_STRING Service = RTL_CONSTANT_STRING(L"7");

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
  Detach();
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  CALL Call;
  PADDRINFOEXW List;
  PSOCKADDR Address;
  PWSK_SOCKET Socket;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (!NT_SUCCESS(Attach())) {
    return STATUS_DEVICE_NOT_READY;
  }
  NewCall(&Call);
  Provider.Dispatch->WskGetAddressInfo(Provider.Client, &Name, &Service, NS_ALL, NULL, NULL, &List, NULL, NULL,
                                       Ready(&Call));
  Finish(&Call);
  Address = List->ai_addr;
  Provider.Dispatch->WskFreeAddressInfo(Provider.Client, List);
  Socket = OpenSocket(&Call);
  CONNECTION(Socket)->WskConnect(Socket, Address, 0, Ready(&Call)); /* BUG: Address lay in the list */
  Finish(&Call);
  CloseSocket(&Call, Socket);
  IoFreeIrp(Call.Irp);
  return STATUS_SUCCESS;
}
