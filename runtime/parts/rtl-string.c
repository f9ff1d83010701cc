// Counted strings: initialising, copying, comparing, appending. Lengths are bytes.
#include "runtime.h"
#define MAX_BYTES 0xfffe

#define INIT(name, STRING_TYPE, CH, length)                                      \
  VOID NTAPI name(STRING_TYPE *to, const CH *from) {                             \
    size_t bytes = from ? length(from) * sizeof(CH) : 0;                         \
    if (bytes > MAX_BYTES - sizeof(CH)) bytes = MAX_BYTES - sizeof(CH);          \
    OWSK_WRITE(to, sizeof *to);                                                  \
    to->Length = (USHORT)bytes;                                                  \
    to->MaximumLength = (USHORT)(from ? bytes + sizeof(CH) : 0);                 \
    to->Buffer = (CH *)from;                                                     \
  }
INIT(RtlInitUnicodeString, UNICODE_STRING, WCHAR, wcslen)
INIT(RtlInitString, STRING, char, strlen)
INIT(RtlInitAnsiString, STRING, char, strlen)
NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING to, PCWSTR from) {
  if (from && wcslen(from) * 2 > MAX_BYTES - 2) return STATUS_NAME_TOO_LONG;
  return RtlInitUnicodeString(to, from), STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING to, PCSZ from) {
  if (from && strlen(from) > MAX_BYTES - 1) return STATUS_NAME_TOO_LONG;
  return RtlInitAnsiString(to, from), STATUS_SUCCESS;
}

VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from) {
  USHORT n = !from ? 0 : from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
  if (n) memmove(to->Buffer, from->Buffer, n);
  to->Length = n;
  if (n + 2u <= to->MaximumLength) to->Buffer[n / 2] = 0;
}
VOID NTAPI RtlCopyString(PSTRING to, const STRING *from) {
  USHORT n = !from ? 0 : from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
  if (n) memmove(to->Buffer, from->Buffer, n);
  to->Length = n;
}

LONG NTAPI RtlCompareUnicodeStrings(PCWCH a, SIZE_T countA, PCWCH b, SIZE_T countB, BOOLEAN fold) {
  SIZE_T n = countA < countB ? countA : countB;
  OWSK_READ(a, countA * 2);
  OWSK_READ(b, countB * 2);
  for (SIZE_T i = 0; i < n; i++) {
    WCHAR x = fold ? RtlUpcaseUnicodeChar(a[i]) : a[i], y = fold ? RtlUpcaseUnicodeChar(b[i]) : b[i];
    if (x != y) return (LONG)x - (LONG)y;
  }
  return (LONG)countA - (LONG)countB;
}
LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) {
  return RtlCompareUnicodeStrings(a->Buffer, a->Length / 2u, b->Buffer, b->Length / 2u, fold);
}
BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) {
  return (BOOLEAN)(a->Length == b->Length && RtlCompareUnicodeString(a, b, fold) == 0);
}
BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) {
  return (BOOLEAN)(a->Length <= b->Length && RtlCompareUnicodeStrings(a->Buffer, a->Length / 2u, b->Buffer, a->Length / 2u, fold) == 0);
}
BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) {
  if (a->Length > b->Length) return FALSE;
  return (BOOLEAN)(RtlCompareUnicodeStrings(a->Buffer, a->Length / 2u, b->Buffer + (b->Length - a->Length) / 2, a->Length / 2u, fold) == 0);
}
CHAR NTAPI RtlUpperChar(CHAR c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }
static LONG compareBytes(const char *a, ULONG countA, const char *b, ULONG countB, BOOLEAN fold) {
  ULONG n = countA < countB ? countA : countB;
  OWSK_READ(a, countA);
  OWSK_READ(b, countB);
  for (ULONG i = 0; i < n; i++) {
    UCHAR x = (UCHAR)(fold ? RtlUpperChar(a[i]) : a[i]), y = (UCHAR)(fold ? RtlUpperChar(b[i]) : b[i]);
    if (x != y) return (LONG)x - (LONG)y;
  }
  return (LONG)countA - (LONG)countB;
}
LONG NTAPI RtlCompareString(const STRING *a, const STRING *b, BOOLEAN fold) { return compareBytes(a->Buffer, a->Length, b->Buffer, b->Length, fold); }
BOOLEAN NTAPI RtlEqualString(const STRING *a, const STRING *b, BOOLEAN fold) {
  return (BOOLEAN)(a->Length == b->Length && RtlCompareString(a, b, fold) == 0);
}
BOOLEAN NTAPI RtlPrefixString(const STRING *a, const STRING *b, BOOLEAN fold) {
  return (BOOLEAN)(a->Length <= b->Length && compareBytes(a->Buffer, a->Length, b->Buffer, a->Length, fold) == 0);
}
VOID NTAPI RtlUpperString(PSTRING to, const STRING *from) {
  USHORT n = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
  OWSK_READ(from->Buffer, n);
  OWSK_WRITE(to->Buffer, n);
  for (USHORT i = 0; i < n; i++) to->Buffer[i] = RtlUpperChar(from->Buffer[i]);
  to->Length = n;
}

static NTSTATUS append(PUNICODE_STRING to, PCWCH from, size_t bytes) {
  if (bytes + to->Length > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
  if (bytes) memmove((char *)to->Buffer + to->Length, from, bytes);
  to->Length = (USHORT)(to->Length + bytes);
  if (to->Length + 2u <= to->MaximumLength) to->Buffer[to->Length / 2] = 0;
  return STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING to, PCUNICODE_STRING from) { return append(to, from->Buffer, from->Length); }
NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from) { return append(to, from, from ? wcslen(from) * 2 : 0); }
NTSTATUS NTAPI RtlAppendStringToString(PSTRING to, const STRING *from) {
  if ((ULONG)to->Length + from->Length > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
  if (from->Length) memmove(to->Buffer + to->Length, from->Buffer, from->Length);
  to->Length = (USHORT)(to->Length + from->Length);
  return STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlAppendAsciizToString(PSTRING to, PCSTR from) {
  STRING s;
  RtlInitString(&s, from);
  return RtlAppendStringToString(to, &s);
}
NTSTATUS NTAPI RtlHashUnicodeString(PCUNICODE_STRING s, BOOLEAN fold, ULONG algorithm, PULONG hash) {
  if (algorithm > HASH_STRING_ALGORITHM_X65599) return STATUS_INVALID_PARAMETER;
  ULONG h = 0;
  OWSK_READ(s->Buffer, s->Length);
  for (USHORT i = 0; i < s->Length / 2; i++) h = h * 65599 + (fold ? RtlUpcaseUnicodeChar(s->Buffer[i]) : s->Buffer[i]);
  *hash = h;
  return STATUS_SUCCESS;
}
