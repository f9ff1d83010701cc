/* Prints eight bytes of chance. */
#include "check.h"
#include <bcrypt.h>

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  static UCHAR Bytes[8];
  static CHAR Hex[16];
  ULONG i;
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  BCryptGenRandom(NULL, Bytes, sizeof(Bytes), BCRYPT_USE_SYSTEM_PREFERRED_RNG);
  for (i = 0; i < 16; i++) {
    UCHAR Nibble = (i & 1) == 0 ? Bytes[i / 2] >> 4 : Bytes[i / 2] & 15;
    Hex[i] = (CHAR)(Nibble < 10 ? '0' + Nibble : 'a' + Nibble - 10);
  }
  OwskDbgPrint(0, 0, Hex, 16);
  return STATUS_SUCCESS;
}
