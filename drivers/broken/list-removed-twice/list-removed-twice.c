/*
 * An entry is removed from the list where it is found, and again where it is freed.
 */
#include <ntddk.h>

static LIST_ENTRY List;
static LIST_ENTRY Entries[3];

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  ULONG Index;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  InitializeListHead(&List);
  for (Index = 0; Index < RTL_NUMBER_OF(Entries); Index++) {
    InsertTailList(&List, &Entries[Index]);
  }
  RemoveEntryList(&Entries[1]);
  RemoveEntryList(&Entries[2]);
  RemoveEntryList(&Entries[1]); /* BUG: it is in no list any more */
  return STATUS_SUCCESS;
}
