// GUIDs as text, pseudo-random numbers from the caller's seed, checksums, time fields.
#include "runtime.h"
#include <stdio.h>

NTSTATUS NTAPI RtlStringFromGUID(REFGUID g, PUNICODE_STRING to) {
  to->MaximumLength = 39 * sizeof(WCHAR);
  to->Buffer = ExAllocatePoolWithTag(PagedPool, to->MaximumLength, OWSK_STRING_TAG);
  if (to->Buffer == NULL) return STATUS_NO_MEMORY;
  _snwprintf(to->Buffer, 39, L"{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", (unsigned)g->Data1, g->Data2, g->Data3, g->Data4[0],
             g->Data4[1], g->Data4[2], g->Data4[3], g->Data4[4], g->Data4[5], g->Data4[6], g->Data4[7]);
  to->Length = 38 * sizeof(WCHAR);
  return STATUS_SUCCESS;
}
static int hex(WCHAR c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }
NTSTATUS NTAPI RtlGUIDFromString(PCUNICODE_STRING s, GUID *guid) {
  static const char shape[] = "{hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh}";
  UCHAR nibbles[32], n = 0;
  if (s->Length != 38 * sizeof(WCHAR)) return STATUS_INVALID_PARAMETER;
  OWSK_READ(s->Buffer, s->Length);
  for (int i = 0; i < 38; i++) {
    int d = hex(s->Buffer[i]);
    if (shape[i] == 'h' ? d < 0 : s->Buffer[i] != (WCHAR)shape[i]) return STATUS_INVALID_PARAMETER;
    if (shape[i] == 'h') nibbles[n++] = (UCHAR)d;
  }
  guid->Data1 = 0;
  guid->Data2 = guid->Data3 = 0;
  for (int i = 0; i < 8; i++) guid->Data1 = guid->Data1 << 4 | nibbles[i];
  for (int i = 8; i < 12; i++) guid->Data2 = (USHORT)(guid->Data2 << 4 | nibbles[i]);
  for (int i = 12; i < 16; i++) guid->Data3 = (USHORT)(guid->Data3 << 4 | nibbles[i]);
  for (int i = 0; i < 8; i++) guid->Data4[i] = (UCHAR)(nibbles[16 + 2 * i] << 4 | nibbles[17 + 2 * i]);
  return STATUS_SUCCESS;
}

/* D. H. Lehmer's generator modulo 2^31 - 1, as RtlUniform documents it; results lie in 0 .. 2^31 - 2. */
ULONG NTAPI RtlUniform(PULONG Seed) { return *Seed = (ULONG)(((ULONGLONG)*Seed * 0x7fffffed + 0x7fffffc3) % 0x7fffffff); }
ULONG NTAPI RtlRandom(PULONG Seed) {
  ULONG first = RtlUniform(Seed), second = RtlUniform(Seed);
  return (first ^ second << 7) % 0x7fffffff;
}
ULONG NTAPI RtlRandomEx(PULONG Seed) { return RtlRandom(Seed); }
ULONG NTAPI RtlCrc32(const void *Buffer, size_t Size, ULONG InitialCrc) {
  const UCHAR *p = Buffer;
  ULONG crc = ~InitialCrc;
  OWSK_READ(Buffer, Size);
  while (Size--) {
    crc ^= *p++;
    for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}
ULONGLONG NTAPI RtlCrc64(const void *Buffer, size_t Size, ULONGLONG InitialCrc) {
  const UCHAR *p = Buffer;
  ULONGLONG crc = ~InitialCrc;
  OWSK_READ(Buffer, Size);
  while (Size--) {
    crc ^= *p++;
    for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0x9a6c9329ac4bc9b5 : 0);
  }
  return ~crc;
}
CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set) { return Set ? (CCHAR)__builtin_ctzll(Set) : -1; }
CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set) { return Set ? (CCHAR)(63 - __builtin_clzll(Set)) : -1; }

#define SECOND 10000000LL
#define DAY (86400 * SECOND)
#define DAYS_1601_TO_1970 134774
/* Civil calendar by 400-year eras that start on 1 March, so that the leap day is a year's last. */
static VOID civil(LONGLONG days, PTIME_FIELDS f) {
  LONGLONG z = days + 306, era = z / 146097, d = z % 146097, y, m;
  y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
  d -= 365 * y + y / 4 - y / 100;
  m = (5 * d + 2) / 153;
  f->Day = (CSHORT)(d - (153 * m + 2) / 5 + 1);
  f->Month = (CSHORT)(m < 10 ? m + 3 : m - 9);
  f->Year = (CSHORT)(1600 + y + era * 400 + (m >= 10));
}
static LONGLONG daysFrom1601(LONG year, LONG month, LONG day) {
  LONGLONG y = year - 1600 - (month <= 2), d = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + d - 306;
}
VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS f) {
  LONGLONG days = Time->QuadPart / DAY, rest = Time->QuadPart % DAY;
  civil(days, f);
  f->Weekday = (CSHORT)((days + 1) % 7); /* 1 January 1601 was a Monday */
  f->Hour = (CSHORT)(rest / (3600 * SECOND));
  f->Minute = (CSHORT)(rest / (60 * SECOND) % 60);
  f->Second = (CSHORT)(rest / SECOND % 60);
  f->Milliseconds = (CSHORT)(rest / 10000 % 1000);
}
BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS f, PLARGE_INTEGER Time) {
  TIME_FIELDS check;
  LARGE_INTEGER t;
  if (f->Year < 1601 || f->Month < 1 || f->Month > 12 || f->Day < 1 || f->Day > 31 || f->Hour < 0 || f->Hour > 23 || f->Minute < 0 ||
      f->Minute > 59 || f->Second < 0 || f->Second > 59 || f->Milliseconds < 0 || f->Milliseconds > 999)
    return FALSE;
  t.QuadPart = daysFrom1601(f->Year, f->Month, f->Day) * DAY + (f->Hour * 3600LL + f->Minute * 60 + f->Second) * SECOND + f->Milliseconds * 10000LL;
  RtlTimeToTimeFields(&t, &check);
  if (check.Day != f->Day) return FALSE; /* 31 April and the like */
  *Time = t;
  return TRUE;
}
BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG Seconds) {
  LONGLONG s = Time->QuadPart / SECOND - DAYS_1601_TO_1970 * 86400LL;
  if (s < 0 || s > 0xffffffffLL) return FALSE;
  *Seconds = (ULONG)s;
  return TRUE;
}
VOID NTAPI RtlSecondsSince1970ToTime(ULONG Seconds, PLARGE_INTEGER Time) { Time->QuadPart = (Seconds + DAYS_1601_TO_1970 * 86400LL) * SECOND; }
