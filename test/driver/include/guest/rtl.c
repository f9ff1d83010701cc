#include "check.h"
#include <mstcpip.h>
#include <ntintsafe.h>
int testUnicodeStrings(void) {
  WCHAR room[8];
  UNICODE_STRING s, t = {0, sizeof room, room}, u = RTL_CONSTANT_STRING(L"HeLLo");
  RtlInitUnicodeString(&s, L"hello");
  CHECK(s.Length == 10 && s.MaximumLength == 12 && !RtlEqualUnicodeString(&s, &u, FALSE) && RtlEqualUnicodeString(&s, &u, TRUE));
  RtlCopyUnicodeString(&t, &s);
  CHECK(t.Length == 10 && room[5] == 0 && RtlCompareUnicodeString(&s, &t, FALSE) == 0);
  CHECK(RtlAppendUnicodeToString(&t, L"abc") == STATUS_SUCCESS && t.Length == 16 && RtlAppendUnicodeToString(&t, L"d") == STATUS_BUFFER_TOO_SMALL);
  CHECK(RtlPrefixUnicodeString(&s, &t, FALSE) && !RtlPrefixUnicodeString(&t, &s, FALSE));
  CHECK(RtlUpcaseUnicodeChar(0xe4) == 0xc4 && RtlUpcaseUnicodeChar(0xf7) == 0xf7 && RtlUpcaseUnicodeChar(0x44f) == 0x42f);
  return 0;
}
int testConversions(void) {
  UNICODE_STRING u = RTL_CONSTANT_STRING(L"x\u00e4y"), back;
  ANSI_STRING a;
  WCHAR digits[12];
  char utf8[16];
  ULONG n;
  CHECK(RtlUnicodeStringToAnsiString(&a, &u, TRUE) == STATUS_SUCCESS && a.Length == 3 && a.MaximumLength == 4 && (UCHAR)a.Buffer[1] == 0xe4);
  CHECK(RtlAnsiStringToUnicodeString(&back, &a, TRUE) == STATUS_SUCCESS && RtlEqualUnicodeString(&back, &u, FALSE));
  RtlFreeAnsiString(&a);
  RtlFreeUnicodeString(&back);
  CHECK(a.Buffer == NULL && back.Buffer == NULL);
  back.Buffer = digits, back.MaximumLength = sizeof digits;
  CHECK(RtlIntegerToUnicodeString(4711, 16, &back) == STATUS_SUCCESS && wcscmp(digits, L"1267") == 0);
  CHECK(RtlUnicodeStringToInteger(&back, 16, &n) == STATUS_SUCCESS && n == 4711);
  CHECK(RtlUnicodeToUTF8N(utf8, sizeof utf8, &n, L"\u20ac\xd83d\xde00", 6) == STATUS_SUCCESS && n == 7 && memcmp(utf8, "\xe2\x82\xac\xf0\x9f\x98\x80", 7) == 0);
  CHECK(RtlUTF8ToUnicodeN(digits, sizeof digits, &n, utf8, 7) == STATUS_SUCCESS && n == 6 && digits[0] == 0x20ac && digits[2] == 0xde00);
  CHECK(RtlUTF8ToUnicodeN(digits, sizeof digits, &n, "\xff""a", 2) == STATUS_SOME_NOT_MAPPED && digits[0] == 0xfffd && digits[1] == 'a');
  return 0;
}
int testGuidsAndTime(void) {
  static const GUID guid = {0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0, 0x90, 0x27, 0x71, 0x9e, 9}};
  GUID again;
  UNICODE_STRING s, bad = RTL_CONSTANT_STRING(L"{2227E803}");
  TIME_FIELDS f;
  LARGE_INTEGER t, same;
  ULONG seed = 1, other = 1, seconds;
  CHECK(RtlStringFromGUID(&guid, &s) == STATUS_SUCCESS && wcscmp(s.Buffer, L"{2227E803-8D8B-11D4-ABAD-009027719E09}") == 0);
  CHECK(RtlGUIDFromString(&s, &again) == STATUS_SUCCESS && IsEqualGUID(&again, &guid) && RtlGUIDFromString(&bad, &again) == STATUS_INVALID_PARAMETER);
  RtlSecondsSince1970ToTime(951782400 + 86399, &t); /* 29 February 2000, 23:59:59 UTC */
  RtlTimeToTimeFields(&t, &f);
  CHECK(f.Year == 2000 && f.Month == 2 && f.Day == 29 && f.Hour == 23 && f.Second == 59 && f.Weekday == 2);
  CHECK(RtlTimeFieldsToTime(&f, &same) && same.QuadPart == t.QuadPart && RtlTimeToSecondsSince1970(&t, &seconds) && seconds == 951868799);
  f.Year = 2001;
  CHECK(!RtlTimeFieldsToTime(&f, &same));
  t.QuadPart = 0;
  RtlTimeToTimeFields(&t, &f);
  CHECK(f.Year == 1601 && f.Month == 1 && f.Day == 1 && f.Weekday == 1);
  CHECK(RtlRandomEx(&seed) == RtlRandomEx(&other) && seed == other && RtlRandomEx(&seed) != RtlRandomEx(&seed));
  CHECK(RtlCrc32("123456789", 9, 0) == 0xcbf43926);
  return 0;
}
int testSafeIntegers(void) {
  ULONG u;
  USHORT h;
  SIZE_T z;
  CHECK(RtlULongAdd(1, 2, &u) == STATUS_SUCCESS && u == 3 && RtlULongAdd(0xffffffff, 1, &u) == STATUS_INTEGER_OVERFLOW && u == 0xffffffff);
  CHECK(RtlSizeTMult(3, 5, &z) == STATUS_SUCCESS && z == 15 && RtlSizeTSub(1, 2, &z) == STATUS_INTEGER_OVERFLOW);
  CHECK(RtlSizeTToUShort(65536, &h) == STATUS_INTEGER_OVERFLOW && RtlSizeTToUShort(65535, &h) == STATUS_SUCCESS && h == 65535);
  return 0;
}
static int reads6(const char *text, const char *expected) {
  IN6_ADDR a;
  PCSTR end;
  char out[INET6_ADDRSTRLEN];
  if (RtlIpv6StringToAddressA(text, &end, &a) != STATUS_SUCCESS || *end) return 0;
  RtlIpv6AddressToStringA(&a, out);
  return strcmp(out, expected) == 0;
}
int testIpStrings(void) {
  IN_ADDR a;
  IN6_ADDR b;
  PCSTR end;
  USHORT port;
  ULONG n = INET6_ADDRSTRLEN, scope;
  char text[INET6_ADDRSTRLEN];
  WCHAR wide[INET6_ADDRSTRLEN];
  CHECK(RtlIpv4StringToAddressA("10.0.0.255", TRUE, &end, &a) == STATUS_SUCCESS && a.s_addr == 0xff00000a && *end == 0);
  CHECK(RtlIpv4StringToAddressA("10.0.0.256", TRUE, &end, &a) != STATUS_SUCCESS && RtlIpv4StringToAddressA("10.0.1", TRUE, &end, &a) != STATUS_SUCCESS);
  CHECK(RtlIpv4StringToAddressA("10.1", FALSE, &end, &a) == STATUS_SUCCESS && a.s_addr == 0x0100000a);
  CHECK(RtlIpv4StringToAddressA("0x7f.1", FALSE, &end, &a) == STATUS_SUCCESS && a.s_addr == 0x0100007f);
  CHECK(RtlIpv4StringToAddressExA("1.2.3.4:80", TRUE, &a, &port) == STATUS_SUCCESS && port == 0x5000);
  CHECK(RtlIpv4StringToAddressExA("1.2.3.4:65536", TRUE, &a, &port) != STATUS_SUCCESS);
  CHECK(RtlIpv4AddressToStringExA(&a, 0x5000, text, &n) == STATUS_SUCCESS && strcmp(text, "1.2.3.4:80") == 0 && n == 11);
  n = 5;
  CHECK(RtlIpv4AddressToStringExA(&a, 0, text, &n) == STATUS_INVALID_PARAMETER && n == 8);
  CHECK(RtlIpv4AddressToStringW(&a, wide) == wide + 7 && wcscmp(wide, L"1.2.3.4") == 0);
  CHECK(reads6("::", "::") && reads6("::1", "::1") && reads6("fd00::1", "fd00::1") && reads6("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"));
  CHECK(reads6("1::", "1::") && reads6("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1") && reads6("::ffff:1.2.3.4", "::ffff:1.2.3.4"));
  CHECK(reads6("1:0:0:0:2::", "1::2:0:0:0") && reads6("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"));
  CHECK(!reads6("1:2:3", "") && !reads6("1::2::3", "") && !reads6("12345::", "") && !reads6(":1", "") && !reads6("1:2:3:4:5:6:7:8:9", ""));
  CHECK(RtlIpv6StringToAddressExA("[fe80::1%5]:443", &b, &scope, &port) == STATUS_SUCCESS && scope == 5 && port == 0xbb01);
  n = INET6_ADDRSTRLEN;
  CHECK(RtlIpv6AddressToStringExA(&b, scope, port, text, &n) == STATUS_SUCCESS && strcmp(text, "[fe80::1%5]:443") == 0);
  return 0;
}
int testVersion(void) {
  RTL_OSVERSIONINFOW v = {sizeof v};
  RTL_OSVERSIONINFOEXW want = {sizeof want, 6, 1};
  ULONGLONG atLeast = VerSetConditionMask(VerSetConditionMask(0, 2, 3), 1, 3);
  CHECK(RtlGetVersion(&v) == STATUS_SUCCESS && v.dwMajorVersion == 10 && v.dwBuildNumber == 22621);
  CHECK(RtlVerifyVersionInfo(&want, 3, atLeast) == STATUS_SUCCESS && RtlIsNtDdiVersionAvailable(NTDDI_WIN10_RS2));
  want.dwMajorVersion = 11;
  CHECK(RtlVerifyVersionInfo(&want, 3, atLeast) == STATUS_REVISION_MISMATCH);
  return 0;
}
