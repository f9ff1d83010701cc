// Conversions between counted strings, character sets and numbers. The ANSI code page is Latin-1's part of UTF-16: what
// has no place in it becomes '?'.
#include "runtime.h"
#include <stdlib.h>

/* Room for a result: the caller's, or pool when asked for. `bytes` counts the terminator. */
static NTSTATUS room(PVOID stringOut, ULONG bytes, BOOLEAN allocate) {
  PUNICODE_STRING s = stringOut;
  if (bytes > 0xffff) return STATUS_INVALID_PARAMETER_2;
  if (allocate) {
    s->Buffer = ExAllocatePoolWithTag(PagedPool, bytes, OWSK_STRING_TAG);
    if (s->Buffer == NULL) return STATUS_NO_MEMORY;
    s->MaximumLength = (USHORT)bytes;
  }
  return STATUS_SUCCESS;
}
static NTSTATUS finish(PVOID stringOut, ULONG bytes, ULONG terminator) {
  PUNICODE_STRING s = stringOut;
  s->Length = (USHORT)bytes;
  if (bytes + terminator <= s->MaximumLength) memset((char *)s->Buffer + bytes, 0, terminator);
  return STATUS_SUCCESS;
}
ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING s) { return (s->Length + 1u) * 2; }
ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING s) { return s->Length / 2u + 1; }
NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH to, ULONG max, PULONG actual, const CHAR *from, ULONG bytes) {
  ULONG n = bytes < max / 2 ? bytes : max / 2;
  OWSK_READ(from, n);
  OWSK_WRITE(to, n * 2);
  for (ULONG i = 0; i < n; i++) to[i] = (UCHAR)from[i];
  if (actual) *actual = n * 2;
  return STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR to, ULONG max, PULONG actual, PCWCH from, ULONG bytes) {
  ULONG n = bytes / 2 < max ? bytes / 2 : max;
  OWSK_READ(from, n * 2);
  OWSK_WRITE(to, n);
  for (ULONG i = 0; i < n; i++) to[i] = from[i] < 0x100 ? (CHAR)from[i] : '?';
  if (actual) *actual = n;
  return STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate) {
  NTSTATUS status = room(to, (from->Length + 1u) * 2, allocate);
  if (!NT_SUCCESS(status)) return status;
  if (from->Length * 2u > to->MaximumLength) return STATUS_BUFFER_OVERFLOW;
  RtlMultiByteToUnicodeN(to->Buffer, to->MaximumLength, NULL, from->Buffer, from->Length);
  return finish(to, from->Length * 2u, 2);
}
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) {
  ULONG n = from->Length / 2u;
  NTSTATUS status = room(to, n + 1, allocate);
  if (!NT_SUCCESS(status)) return status;
  BOOLEAN cut = to->MaximumLength < n + 1;
  if (cut && to->MaximumLength == 0) return STATUS_BUFFER_OVERFLOW;
  if (cut) n = to->MaximumLength - 1u;
  RtlUnicodeToMultiByteN(to->Buffer, n, NULL, from->Buffer, n * 2);
  finish(to, n, 1);
  return cut ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
static NTSTATUS map(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate, WCHAR NTAPI (*change)(WCHAR)) {
  NTSTATUS status = room(to, from->Length ? from->Length : 2, allocate);
  if (!NT_SUCCESS(status)) return status;
  if (from->Length > to->MaximumLength) return STATUS_BUFFER_OVERFLOW;
  OWSK_READ(from->Buffer, from->Length);
  OWSK_WRITE(to->Buffer, from->Length);
  for (USHORT i = 0; i < from->Length / 2; i++) to->Buffer[i] = change(from->Buffer[i]);
  to->Length = from->Length;
  return STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) { return map(to, from, allocate, RtlUpcaseUnicodeChar); }
NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) { return map(to, from, allocate, RtlDowncaseUnicodeChar); }
NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG flags, PCUNICODE_STRING from, PUNICODE_STRING to) {
  if (from == NULL || to == NULL || (flags & ~3u) || (flags & 3) == 2) return STATUS_INVALID_PARAMETER;
  ULONG terminator = flags & 1 ? 2 : 0, bytes = from->Length + terminator;
  to->Buffer = NULL;
  to->Length = to->MaximumLength = 0;
  if (bytes == 0 || (from->Length == 0 && !(flags & 2))) return STATUS_SUCCESS;
  NTSTATUS status = room(to, bytes, TRUE);
  if (!NT_SUCCESS(status)) return status;
  memcpy(to->Buffer, from->Buffer, from->Length);
  return finish(to, from->Length, terminator);
}
static VOID release(PVOID string) {
  PUNICODE_STRING s = string;
  if (s->Buffer) ExFreePoolWithTag(s->Buffer, OWSK_STRING_TAG);
  s->Buffer = NULL;
  s->Length = s->MaximumLength = 0;
}
VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING s) { release(s); }
VOID NTAPI RtlFreeAnsiString(PANSI_STRING s) { release(s); }
VOID NTAPI RtlFreeUTF8String(PUTF8_STRING s) { release(s); }

NTSTATUS NTAPI RtlCharToInteger(PCSZ s, ULONG base, PULONG value) {
  int negative = 0;
  ULONG v = 0;
  while (*s && (UCHAR)*s <= ' ') s++;
  if (*s == '-' || *s == '+') negative = *s++ == '-';
  if (base == 0) {
    base = 10;
    if (*s == '0' && (s[1] == 'x' || s[1] == 'o' || s[1] == 'b')) base = s[1] == 'x' ? 16 : s[1] == 'o' ? 8 : 2, s += 2;
  } else if (base != 2 && base != 8 && base != 10 && base != 16)
    return STATUS_INVALID_PARAMETER;
  for (;; s++) {
    int c = *s, d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
    if ((ULONG)d >= base) break;
    v = v * base + (ULONG)d;
  }
  *value = negative ? 0 - v : v;
  return STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING s, ULONG base, PULONG value) {
  char text[80];
  ULONG n = 0;
  OWSK_READ(s->Buffer, s->Length);
  for (USHORT i = 0; i < s->Length / 2 && n < sizeof text - 1; i++) text[n++] = s->Buffer[i] < 0x80 ? (char)s->Buffer[i] : '?';
  text[n] = 0;
  return RtlCharToInteger(text, base, value);
}
NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG value, ULONG base, PUNICODE_STRING to) {
  char text[70];
  STRING narrow;
  if (base == 0) base = 10;
  if (base != 2 && base != 8 && base != 10 && base != 16) return STATUS_INVALID_PARAMETER;
  RtlInitString(&narrow, _strupr(_ui64toa(value, text, (int)base)));
  return RtlAnsiStringToUnicodeString(to, &narrow, FALSE);
}
NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG value, ULONG base, PUNICODE_STRING to) { return RtlInt64ToUnicodeString(value, base, to); }
