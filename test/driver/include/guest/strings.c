#include "check.h"
#include <ntstrsafe.h>
#include <stdlib.h>
int testMemory(void) {
  char b[16] = "abcdefgh";
  memmove(b + 2, b, 6);
  CHECK(memcmp(b, "ababcdef", 8) == 0);
  memmove(b, b + 2, 6);
  CHECK(memcmp(b, "abcdefef", 8) == 0);
  CHECK(RtlCompareMemory("abcx", "abcy", 4) == 3);
  CHECK(memchr(b, 'd', 8) == b + 3 && memchr(b, 'z', 8) == NULL);
  memset(b, 0x7f, 5);
  CHECK(b[4] == 0x7f && b[5] == 'f');
  CHECK(memcpy_s(b, 2, "abc", 3) != 0 && b[0] == 0 && b[1] == 0 && b[2] == 0x7f);
  return 0;
}
int testNarrow(void) {
  char b[16], *context, text[] = "a,b,,c";
  CHECK(strlen(strcpy(b, "hello")) == 5 && strcmp(strcat(b, "!"), "hello!") == 0);
  CHECK(strcmp("a", "b") < 0 && strncmp("abc", "abd", 2) == 0 && _stricmp("AbC", "aBc") == 0 && _strnicmp("ABx", "aby", 2) == 0);
  CHECK(strstr("banana", "nan") != NULL && strstr("banana", "nab") == NULL && strchr("abc", 0) != NULL && *strrchr("abcb", 'b') == 'b');
  CHECK(strcpy_s(b, 4, "abcd") != 0 && b[0] == 0 && strcpy_s(b, 5, "abcd") == 0 && strncpy_s(b, 3, "abcd", _TRUNCATE) == 80 && strcmp(b, "ab") == 0);
  CHECK(strcmp(strtok_s(text, ",", &context), "a") == 0 && strcmp(strtok_s(NULL, ",", &context), "b") == 0);
  CHECK(strcmp(strtok_s(NULL, ",", &context), "c") == 0 && strtok_s(NULL, ",", &context) == NULL);
  CHECK(strspn("aab", "a") == 2 && strcspn("aab", "b") == 2);
  return 0;
}
int testNumbers(void) {
  char *end, b[40];
  CHECK(strtoul("0x1fz", &end, 0) == 31 && *end == 'z' && strtoul("99999999999", NULL, 10) == ULONG_MAX);
  CHECK(strtol("-42", NULL, 10) == -42 && strtol("-99999999999", NULL, 10) == LONG_MIN && strtol("99999999999", NULL, 10) == LONG_MAX);
  CHECK(strtol("017", NULL, 0) == 15 && atoi(" 12x") == 12 && wcstoul(L"77", NULL, 8) == 63 && _strtoui64("18446744073709551615", NULL, 10) == ULLONG_MAX);
  CHECK(strcmp(_itoa(-5, b, 10), "-5") == 0 && strcmp(_ultoa(255, b, 16), "ff") == 0 && strtoul("", &end, 10) == 0 && *end == 0);
  return 0;
}
static int byValue(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int testSorting(void) {
  int v[50], key = 31, absent = 500;
  for (int i = 0; i < 50; i++) v[i] = (i * 37 + 11) % 50;
  qsort(v, 50, sizeof v[0], byValue);
  for (int i = 0; i < 50; i++) CHECK(v[i] == i);
  CHECK(bsearch(&key, v, 50, sizeof v[0], byValue) == &v[31] && bsearch(&absent, v, 50, sizeof v[0], byValue) == NULL);
  return 0;
}
int testFormat(void) {
  char b[80];
  wchar_t wide[80];
  UNICODE_STRING u = RTL_CONSTANT_STRING(L"wide");
  ANSI_STRING a = RTL_CONSTANT_STRING("ansi");
  sprintf(b, "%d|%5d|%-5d|%05d|%+d|%u|%x|%#X|%o|%c|%%", -7, 42, 42, -42, 7, 0xffffffffu, 0xabc, 0xabc, 8, 'z');
  CHECK(strcmp(b, "-7|   42|42   |-0042|+7|4294967295|abc|0XABC|10|z|%") == 0);
  sprintf(b, "%I64d %I64x %lld %Iu %I32u %hd %hhx %ld", -5000000000ll, 0x123456789aull, 1ll << 40, (SIZE_T)77, 9u, 70000, 0x1ff, -1l);
  CHECK(strcmp(b, "-5000000000 123456789a 1099511627776 77 9 4464 ff -1") == 0);
  sprintf(b, "%s|%S|%ws|%wZ|%Z|%.2s|%6s|%-6s|%p", "narrow", L"w1", L"w2", &u, &a, "cut", "r", "l", (void *)0xabc);
  CHECK(strcmp(b, "narrow|w1|w2|wide|ansi|cu|     r|l     |00000ABC") == 0);
  sprintf(b, "%s %wZ %*d %.*s", (char *)NULL, (PUNICODE_STRING)NULL, 4, 5, 2, "xyz");
  CHECK(strcmp(b, "(null) (null)    5 xy") == 0);
  sprintf(b, "%.3d %8.3f %08.1f %.0d", 5, 3.14159, -2.5, 0);
  CHECK(strcmp(b, "005    3.142 -00002.5 ") == 0);
  swprintf(wide, L"%s %S %hs %ls %d", L"wide", "narrow", "n2", L"w2", 3);
  CHECK(wcscmp(wide, L"wide narrow n2 w2 3") == 0);
  CHECK(_snprintf(b, 3, "abc") == 3 && b[3] != 0 && _snprintf(b, 3, "abcd") == -1 && _snprintf(b, 4, "abc") == 3 && b[3] == 0);
  CHECK(snprintf(b, 3, "abcd") == 4 && strcmp(b, "ab") == 0 && _snprintf_s(b, 8, _TRUNCATE, "%s", "0123456789") == -1 && strcmp(b, "0123456") == 0);
  CHECK(RtlStringCbPrintfA(b, 4, "%d", 12345) == STATUS_BUFFER_OVERFLOW && strcmp(b, "123") == 0);
  CHECK(RtlStringCbPrintfW(wide, 20, L"%s", L"fits") == STATUS_SUCCESS && wcscmp(wide, L"fits") == 0);
  CHECK(RtlStringCchCopyW(wide, 3, L"long") == STATUS_BUFFER_OVERFLOW && wcscmp(wide, L"lo") == 0);
  CHECK(RtlStringCchCatA(strcpy(b, "ab"), 80, "cd") == STATUS_SUCCESS && strcmp(b, "abcd") == 0);
  return 0;
}
int testPrint(void) {
  DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_WARNING_LEVEL, "status %08x of %s\n", STATUS_PENDING, "bind");
  return 0;
}
