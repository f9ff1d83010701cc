// Numbers from text and to text, sorting and searching.
#include "runtime.h"
#include <errno.h>
#include <stdlib.h>
#undef _byteswap_ushort
#undef _byteswap_ulong
#undef _byteswap_uint64

static int digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}
static int read(const void *s, size_t i, int wide) {
  const void *p = wide ? (const void *)((const wchar_t *)s + i) : (const void *)((const char *)s + i);
  OWSK_READ(p, wide ? 2 : 1);
  return wide ? *(const wchar_t *)p : *(const unsigned char *)p;
}
/* The number at s as magnitude and sign; past `most` it stays at `most`, as strtoul's ERANGE does. */
static unsigned long long number(const void *s, size_t *end, int base, int wide, unsigned long long most, int *negative) {
  size_t i = 0, start;
  unsigned long long value = 0;
  int c, overflow = 0;
  *negative = 0;
  while ((c = read(s, i, wide)) == ' ' || (c >= 9 && c <= 13)) i++;
  if (c == '-' || c == '+') *negative = c == '-', i++;
  if ((base == 0 || base == 16) && read(s, i, wide) == '0' && (read(s, i + 1, wide) | 32) == 'x' && digit(read(s, i + 2, wide)) < 16)
    i += 2, base = 16;
  else if (base == 0)
    base = read(s, i, wide) == '0' ? 8 : 10;
  for (start = i; (c = digit(read(s, i, wide))) < base; i++) {
    if (value > (most - (unsigned)c) / (unsigned)base) overflow = 1;
    value = value * (unsigned)base + (unsigned)c;
  }
  *end = i == start ? 0 : i;
  return overflow ? most : value;
}
#define TO_UNSIGNED(name, type, CH, wide, most)                                    \
  type name(const CH *s, CH **end, int base) {                                     \
    size_t used;                                                                   \
    int negative;                                                                  \
    unsigned long long v = number(s, &used, base, wide, most, &negative);          \
    if (end) *end = (CH *)s + used;                                                \
    return (type)(negative ? 0 - v : v);                                           \
  }
#define TO_SIGNED(name, type, CH, wide, most)                                      \
  type name(const CH *s, CH **end, int base) {                                     \
    size_t used;                                                                   \
    int negative;                                                                  \
    unsigned long long v = number(s, &used, base, wide, (most) + 1ull, &negative); \
    if (!negative && v > (most)) v = (most);                                       \
    if (end) *end = (CH *)s + used;                                                \
    return (type)(negative ? 0 - v : v);                                           \
  }
TO_UNSIGNED(strtoul, unsigned long, char, 0, ULONG_MAX)
TO_UNSIGNED(strtoull, unsigned long long, char, 0, ULLONG_MAX)
TO_UNSIGNED(_strtoui64, unsigned long long, char, 0, ULLONG_MAX)
TO_UNSIGNED(wcstoul, unsigned long, wchar_t, 1, ULONG_MAX)
TO_UNSIGNED(_wcstoui64, unsigned long long, wchar_t, 1, ULLONG_MAX)
TO_SIGNED(strtol, long, char, 0, (unsigned long long)LONG_MAX)
TO_SIGNED(strtoll, long long, char, 0, (unsigned long long)LLONG_MAX)
TO_SIGNED(_strtoi64, long long, char, 0, (unsigned long long)LLONG_MAX)
TO_SIGNED(wcstol, long, wchar_t, 1, (unsigned long long)LONG_MAX)
int atoi(const char *s) { return (int)strtol(s, NULL, 10); }
long atol(const char *s) { return strtol(s, NULL, 10); }
long long _atoi64(const char *s) { return strtoll(s, NULL, 10); }
int _wtoi(const wchar_t *s) { return (int)wcstol(s, NULL, 10); }
long _wtol(const wchar_t *s) { return wcstol(s, NULL, 10); }

/* Writes value in the base, with a sign if negative; returns the length without the terminator, or 0 when it has no room. */
static size_t text(unsigned long long value, int negative, void *to, size_t room, int base, int wide) {
  char digits[66];
  size_t n = sizeof digits, length;
  do digits[--n] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)base];
  while ((value /= (unsigned)base) != 0);
  if (negative) digits[--n] = '-';
  length = sizeof digits - n;
  if (length + 1 > room) return 0;
  OWSK_WRITE(to, (length + 1) * (wide ? 2 : 1));
  for (size_t i = 0; i <= length; i++) {
    char c = i < length ? digits[n + i] : 0;
    if (wide)
      ((wchar_t *)to)[i] = (unsigned char)c;
    else
      ((char *)to)[i] = c;
  }
  return length;
}
static unsigned long long magnitude(long long v, int base) { return base == 10 && v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v; }
char *_itoa(int v, char *to, int base) { return text(base == 10 ? magnitude(v, 10) : (unsigned)v, base == 10 && v < 0, to, 67, base, 0), to; }
wchar_t *_itow(int v, wchar_t *to, int base) { return text(base == 10 ? magnitude(v, 10) : (unsigned)v, base == 10 && v < 0, to, 67, base, 1), to; }
char *_ultoa(unsigned long v, char *to, int base) { return text(v, 0, to, 67, base, 0), to; }
wchar_t *_ultow(unsigned long v, wchar_t *to, int base) { return text(v, 0, to, 67, base, 1), to; }
char *_i64toa(long long v, char *to, int base) { return text(magnitude(v, base), base == 10 && v < 0, to, 67, base, 0), to; }
char *_ui64toa(unsigned long long v, char *to, int base) { return text(v, 0, to, 67, base, 0), to; }
errno_t _itoa_s(int v, char *to, size_t room, int base) {
  return text(base == 10 ? magnitude(v, 10) : (unsigned)v, base == 10 && v < 0, to, room, base, 0) ? 0 : ERANGE;
}
errno_t _itow_s(int v, wchar_t *to, size_t room, int base) {
  return text(base == 10 ? magnitude(v, 10) : (unsigned)v, base == 10 && v < 0, to, room, base, 1) ? 0 : ERANGE;
}
int abs(int v) { return v < 0 ? -v : v; }
long labs(long v) { return v < 0 ? -v : v; }
long long llabs(long long v) { return v < 0 ? -v : v; }

static void swap(char *a, char *b, size_t size) {
  for (; size--; a++, b++) {
    char c = *a;
    *a = *b;
    *b = c;
  }
}
/* Heap sort: no recursion, no bad case; like qsort anywhere it is not stable. */
static void sift(char *base, size_t root, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0) child++;
    if (compare(base + root * size, base + child * size) >= 0) return;
    swap(base + root * size, base + child * size, size);
  }
}
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  OWSK_WRITE(base, count * size);
  for (size_t i = count / 2; i-- > 0;) sift(base, i, count, size, compare);
  for (size_t i = count; i-- > 1;) {
    swap(base, (char *)base + i * size, size);
    sift(base, 0, i, size, compare);
  }
}
void *bsearch(const void *key, const void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  for (size_t low = 0, high = count; low < high;) {
    size_t middle = low + (high - low) / 2;
    const char *at = (const char *)base + middle * size;
    int c = compare(key, at);
    if (c == 0) return (void *)at;
    if (c < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}
unsigned short _byteswap_ushort(unsigned short v) { return __builtin_bswap16(v); }
unsigned long _byteswap_ulong(unsigned long v) { return __builtin_bswap32((unsigned)v); }
unsigned long long _byteswap_uint64(unsigned long long v) { return __builtin_bswap64(v); }
