/* Keys and values that the host gives, and those that the driver makes. */
#include "check.h"

static BOOLEAN SameBytes(const VOID *A, const VOID *B, SIZE_T Length) {
  const UCHAR *X = A, *Y = B;
  while (Length-- > 0) {
    if (*X++ != *Y++) {
      return FALSE;
    }
  }
  return TRUE;
}

#define NAME(text) {sizeof(text) - sizeof(WCHAR), sizeof(text), (PWSTR)(text)}
static UNICODE_STRING Path = NAME(L"\\Registry\\Machine\\SYSTEM\\Driver\\Parameters");
static UNICODE_STRING Missing = NAME(L"\\Registry\\Machine\\Nowhere");
static UNICODE_STRING Port = NAME(L"port"), Host = NAME(L"Host"), Absent = NAME(L"Absent"), Sub = NAME(L"Sub");
static ULONG Calls, SeenType, SeenLength;
static const WCHAR *ServiceKey = L"\\Registry\\Machine\\System\\Driver\\Parameters";

static NTSTATUS OpenKey(PUNICODE_STRING Name, HANDLE Root, PHANDLE Key) {
  static OBJECT_ATTRIBUTES Attributes;
  InitializeObjectAttributes(&Attributes, Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, Root, NULL);
  return ZwOpenKey(Key, KEY_READ, &Attributes);
}

static VOID TestQuery(HANDLE Key) {
  static ULONG64 Room[8];
  PKEY_VALUE_PARTIAL_INFORMATION Partial = (PVOID)Room;
  ULONG Length = 0;
  CHECK(ZwQueryValueKey(Key, &Absent, KeyValuePartialInformation, Room, sizeof(Room), &Length) == STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(ZwQueryValueKey(Key, &Port, KeyValuePartialInformation, Room, 4, &Length) == STATUS_BUFFER_TOO_SMALL && Length == 16);
  CHECK(ZwQueryValueKey(Key, &Port, KeyValuePartialInformation, Room, 14, &Length) == STATUS_BUFFER_OVERFLOW);
  CHECK(ZwQueryValueKey(Key, &Port, KeyValuePartialInformation, Room, sizeof(Room), &Length) == STATUS_SUCCESS);
  CHECK(Partial->Type == REG_DWORD && Partial->DataLength == 4 && *(PULONG)Partial->Data == 8080);
  CHECK(ZwQueryValueKey(Key, &Host, KeyValuePartialInformation, Room, sizeof(Room), &Length) == STATUS_SUCCESS);
  CHECK(Partial->Type == REG_SZ && Partial->DataLength == 10 && SameBytes(Partial->Data, L"peer", 10));
  CHECK(ZwEnumerateValueKey(Key, 0, KeyValueFullInformation, Room, sizeof(Room), &Length) == STATUS_SUCCESS);
  CHECK(((PKEY_VALUE_FULL_INFORMATION)Room)->NameLength == 8 && ((PKEY_VALUE_FULL_INFORMATION)Room)->DataLength == 4);
  CHECK(ZwEnumerateValueKey(Key, 9, KeyValueFullInformation, Room, sizeof(Room), &Length) == STATUS_NO_MORE_ENTRIES);
}

static VOID TestWrite(HANDLE Key) {
  static OBJECT_ATTRIBUTES Attributes;
  static ULONG Room[16];
  HANDLE Below = NULL;
  ULONG Value = 7, Length, Disposition = 0;
  InitializeObjectAttributes(&Attributes, &Sub, OBJ_KERNEL_HANDLE, Key, NULL);
  CHECK(ZwCreateKey(&Below, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, &Disposition) == STATUS_SUCCESS);
  CHECK(Disposition == REG_CREATED_NEW_KEY);
  CHECK(ZwSetValueKey(Below, &Port, 0, REG_DWORD, &Value, sizeof(Value)) == STATUS_SUCCESS);
  CHECK(ZwQueryValueKey(Below, &Port, KeyValuePartialInformation, Room, sizeof(Room), &Length) == STATUS_SUCCESS && Room[3] == 7);
  CHECK(ZwEnumerateKey(Key, 0, KeyBasicInformation, Room, sizeof(Room), &Length) == STATUS_SUCCESS && Room[3] == 6);
  CHECK(ZwDeleteValueKey(Below, &Port) == STATUS_SUCCESS && ZwDeleteValueKey(Below, &Port) == STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(ZwDeleteKey(Below) == STATUS_SUCCESS);
  CHECK(ZwFlushKey(Below) == STATUS_KEY_DELETED);
  ZwClose(Below);
}

static NTSTATUS Routine(PWSTR Name, ULONG Type, PVOID Data, ULONG Length, PVOID Context, PVOID EntryContext) {
  UNREFERENCED_PARAMETER(Name);
  UNREFERENCED_PARAMETER(Data);
  UNREFERENCED_PARAMETER(EntryContext);
  Calls++;
  SeenType = Type;
  SeenLength += Length;
  return Context == &Calls ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static VOID TestRtl(VOID) {
  static RTL_QUERY_REGISTRY_TABLE Table[5];
  static ULONG Number, Fallback, Default = 99;
  static UNICODE_STRING Text;
  Table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK | RTL_QUERY_REGISTRY_REQUIRED;
  Table[0].Name = L"Port";
  Table[0].EntryContext = &Number;
  Table[0].DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE;
  Table[0].Flags |= REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
  Table[1].Flags = RTL_QUERY_REGISTRY_DIRECT;
  Table[1].Name = L"Absent";
  Table[1].EntryContext = &Fallback;
  Table[1].DefaultType = REG_DWORD;
  Table[1].DefaultData = &Default;
  Table[1].DefaultLength = sizeof(Default);
  Table[2].Flags = RTL_QUERY_REGISTRY_DIRECT;
  Table[2].Name = L"Host";
  Table[2].EntryContext = &Text;
  Table[3].QueryRoutine = Routine;
  Table[3].Name = L"Peers";
  CHECK(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, ServiceKey, Table, &Calls, NULL) == STATUS_SUCCESS);
  CHECK(Number == 8080 && Fallback == 99);
  CHECK(Text.Length == 8 && SameBytes(Text.Buffer, L"peer", 10));
  CHECK(Calls == 2 && SeenType == REG_SZ && SeenLength == 8);
  ExFreePool(Text.Buffer);
  Text.Buffer = NULL;
  Table[2].Name = L"Absent";
  Table[2].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
  CHECK(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, ServiceKey, Table, &Calls, NULL) == STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, L"Driver") == STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, L"Driver") == STATUS_SUCCESS);
  CHECK(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"Driver", L"X", REG_DWORD, &Default, 4) == STATUS_SUCCESS);
  CHECK(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, L"Driver", L"x") == STATUS_SUCCESS);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  HANDLE Key = NULL, Same = NULL;
  DriverObject->DriverUnload = DriverUnload;
  CHECK(RegistryPath->Length > 0);
  CHECK(OpenKey(&Missing, NULL, &Key) == STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(OpenKey(&Path, NULL, &Key) == STATUS_SUCCESS);
  TestQuery(Key);
  TestWrite(Key);
  TestRtl();
  CHECK(IoOpenDriverRegistryKey(DriverObject, DriverRegKeyParameters, KEY_READ, 0, &Same) == STATUS_SUCCESS);
  CHECK(ZwClose(Same) == STATUS_SUCCESS && ZwClose(Key) == STATUS_SUCCESS && ZwClose(Key) == STATUS_INVALID_HANDLE);
  return STATUS_SUCCESS;
}
