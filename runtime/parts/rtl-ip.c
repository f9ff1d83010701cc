// IP addresses from and to text, as RtlIpv4AddressToString and its kin. Work is done in char; wide forms convert.
#include "runtime.h"
#include <mstcpip.h>
#include <stdio.h>
#define FAIL STATUS_INVALID_PARAMETER
#define SWAP16(p) ((USHORT)((p) << 8 | (p) >> 8))

PSTR NTAPI RtlIpv4AddressToStringA(const struct in_addr *a, PSTR s) {
  const UCHAR *b = (const UCHAR *)a;
  OWSK_READ(b, 4);
  return s + sprintf(s, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}
/* RFC 5952: the longest run of two or more zero words, the first of equals, becomes "::". */
PSTR NTAPI RtlIpv6AddressToStringA(const struct in6_addr *a, PSTR s) {
  const UCHAR *b = (const UCHAR *)a;
  int start = -1, length = 1, words = 8;
  OWSK_READ(b, 16);
  int zeros = 0;
  while (zeros < 16 && b[zeros] == 0) zeros++;
  if ((zeros >= 10 && zeros < 14 && b[10] == 0xff && b[11] == 0xff && zeros == 10) || (zeros >= 12 && zeros < 14)) words = 6;
  for (int i = 0; i < words; i++) {
    int n = 0;
    while (i + n < words && b[2 * (i + n)] == 0 && b[2 * (i + n) + 1] == 0) n++;
    if (n > length) start = i, length = n;
    i += n;
  }
  for (int i = 0; i < words; i++) {
    if (i == start) {
      *s++ = ':';
      if (i + length == words) *s++ = ':';
      i += length - 1;
      continue;
    }
    if (i) *s++ = ':';
    s += sprintf(s, "%x", b[2 * i] << 8 | b[2 * i + 1]);
  }
  if (words == 6) {
    if (s[-1] != ':') *s++ = ':';
    return RtlIpv4AddressToStringA((const struct in_addr *)(b + 12), s);
  }
  *s = 0;
  return s;
}
static int hexDigit(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : 99; }
static PCSTR decimal(PCSTR s, ULONG most, ULONG *value) {
  ULONGLONG v = 0;
  PCSTR from = s;
  for (; *s >= '0' && *s <= '9'; s++)
    if ((v = v * 10 + (ULONGLONG)(*s - '0')) > most) return NULL;
  *value = (ULONG)v;
  return s == from ? NULL : s;
}
/* Strict: four decimal parts. Otherwise, as inet_addr: 1 to 4 parts in any C base, the last one filling the rest. */
LONG NTAPI RtlIpv4StringToAddressA(PCSTR s, BOOLEAN strict, PCSTR *end, struct in_addr *to) {
  ULONG part[4], n = 0, value = 0;
  for (;;) {
    ULONG base = 10, v = 0;
    PCSTR from = s;
    *end = s;
    if (!strict && *s == '0' && (s[1] | 32) == 'x') base = 16, from = s += 2;
    else if (!strict && *s == '0') base = 8;
    for (; hexDigit(*s) < (int)base; s++) {
      if (v > (0xffffffffu - (ULONG)hexDigit(*s)) / base) return FAIL;
      v = v * base + (ULONG)hexDigit(*s);
    }
    if (s == from || n == 4 || (strict && (v > 255 || s - from > 3))) return FAIL;
    part[n++] = v;
    *end = s;
    if (*s != '.' || n == 4) break;
    s++;
  }
  if (strict && n != 4) return FAIL;
  for (ULONG i = 0; i + 1 < n; i++) {
    if (part[i] > 255) return FAIL;
    value |= part[i] << (24 - 8 * i);
  }
  if (n > 1 && part[n - 1] >> (8 * (5 - n))) return FAIL;
  to->s_addr = RtlUlongByteSwap(value | part[n - 1]);
  return STATUS_SUCCESS;
}
LONG NTAPI RtlIpv6StringToAddressA(PCSTR s, PCSTR *end, struct in6_addr *to) {
  USHORT word[8];
  int n = 0, gap = -1;
  *end = s;
  if (s[0] == ':' && s[1] == ':') gap = 0, s += 2;
  else if (s[0] == ':') return FAIL;
  while (n < 8 && hexDigit(*s) < 16) {
    PCSTR from = s, after;
    ULONG v = 0;
    struct in_addr v4;
    for (; hexDigit(*s) < 16 && s - from < 5; s++) v = v << 4 | (ULONG)hexDigit(*s);
    if (*s == '.' && n <= 6) {
      if (RtlIpv4StringToAddressA(from, TRUE, &after, &v4) != STATUS_SUCCESS) return FAIL;
      word[n++] = (USHORT)RtlUshortByteSwap((USHORT)v4.s_addr);
      word[n++] = (USHORT)RtlUshortByteSwap((USHORT)(v4.s_addr >> 16));
      s = after;
      break;
    }
    if (s - from > 4) return FAIL;
    word[n++] = (USHORT)v;
    if (*s != ':') break;
    if (s[1] == ':') {
      if (gap >= 0) return FAIL;
      gap = n, s += 2;
    } else if (n < 8 && hexDigit(s[1]) < 16) s++;
    else break;
  }
  *end = s;
  if (gap < 0 ? n != 8 : n > 7) return FAIL;
  for (int i = 0; i < 8; i++) {
    int from = gap < 0 || i < gap ? i : i - (8 - n);
    USHORT v = gap >= 0 && i >= gap && i < gap + 8 - n ? 0 : word[from];
    to->u.Word[i] = RtlUshortByteSwap(v);
  }
  return STATUS_SUCCESS;
}
/* Ports are in network order, scope identifiers in host order. */
LONG NTAPI RtlIpv4StringToAddressExA(PCSTR s, BOOLEAN strict, struct in_addr *to, PUSHORT port) {
  PCSTR end;
  ULONG p = 0;
  if (RtlIpv4StringToAddressA(s, strict, &end, to) != STATUS_SUCCESS) return FAIL;
  if (*end == ':' && (end = decimal(end + 1, 65535, &p)) == NULL) return FAIL;
  if (*end) return FAIL;
  *port = SWAP16(p);
  return STATUS_SUCCESS;
}
LONG NTAPI RtlIpv6StringToAddressExA(PCSTR s, struct in6_addr *to, PULONG scope, PUSHORT port) {
  PCSTR end;
  ULONG p = 0, zone = 0;
  int bracket = *s == '[';
  if (RtlIpv6StringToAddressA(s + bracket, &end, to) != STATUS_SUCCESS) return FAIL;
  if (*end == '%' && (end = decimal(end + 1, 0xffffffff, &zone)) == NULL) return FAIL;
  if (bracket && *end++ != ']') return FAIL;
  if (bracket && *end == ':' && (end = decimal(end + 1, 65535, &p)) == NULL) return FAIL;
  if (*end) return FAIL;
  *scope = zone;
  *port = SWAP16(p);
  return STATUS_SUCCESS;
}
static LONG give(const char *text, void *to, PULONG length, int wide) {
  ULONG n = (ULONG)strlen(text) + 1;
  if (to == NULL || *length < n) return *length = n, FAIL;
  for (ULONG i = 0; i < n; i++)
    if (wide) ((PWSTR)to)[i] = (UCHAR)text[i];
    else ((PSTR)to)[i] = text[i];
  *length = n;
  return STATUS_SUCCESS;
}
static LONG give4(const struct in_addr *a, USHORT port, void *to, PULONG length, int wide) {
  char text[INET_ADDRSTRLEN], *end = RtlIpv4AddressToStringA(a, text);
  if (port) sprintf(end, ":%u", SWAP16(port));
  return give(text, to, length, wide);
}
static LONG give6(const struct in6_addr *a, ULONG scope, USHORT port, void *to, PULONG length, int wide) {
  char text[INET6_ADDRSTRLEN + 8], *end = text;
  if (port) *end++ = '[';
  end = RtlIpv6AddressToStringA(a, end);
  if (scope) end += sprintf(end, "%%%u", (unsigned)scope);
  if (port) sprintf(end, "]:%u", SWAP16(port));
  return give(text, to, length, wide);
}
LONG NTAPI RtlIpv4AddressToStringExA(const struct in_addr *a, USHORT port, PSTR to, PULONG n) { return give4(a, port, to, n, 0); }
LONG NTAPI RtlIpv4AddressToStringExW(const struct in_addr *a, USHORT port, PWSTR to, PULONG n) { return give4(a, port, to, n, 1); }
LONG NTAPI RtlIpv6AddressToStringExA(const struct in6_addr *a, ULONG scope, USHORT port, PSTR to, PULONG n) { return give6(a, scope, port, to, n, 0); }
LONG NTAPI RtlIpv6AddressToStringExW(const struct in6_addr *a, ULONG scope, USHORT port, PWSTR to, PULONG n) { return give6(a, scope, port, to, n, 1); }
static PWSTR widen(PWSTR to, const char *text) {
  while ((*to = (UCHAR)*text++) != 0) to++;
  return to;
}
PWSTR NTAPI RtlIpv4AddressToStringW(const struct in_addr *a, PWSTR s) {
  char text[INET_ADDRSTRLEN];
  return RtlIpv4AddressToStringA(a, text), widen(s, text);
}
PWSTR NTAPI RtlIpv6AddressToStringW(const struct in6_addr *a, PWSTR s) {
  char text[INET6_ADDRSTRLEN];
  return RtlIpv6AddressToStringA(a, text), widen(s, text);
}
static PCSTR narrow(PCWSTR s, char *text, size_t room) {
  size_t i = 0;
  for (; i + 1 < room && s[i]; i++) text[i] = s[i] < 0x80 ? (char)s[i] : '?';
  text[i] = 0;
  return text;
}
LONG NTAPI RtlIpv4StringToAddressW(PCWSTR s, BOOLEAN strict, PCWSTR *end, struct in_addr *to) {
  char text[80];
  PCSTR stop = text;
  LONG status = RtlIpv4StringToAddressA(narrow(s, text, sizeof text), strict, &stop, to);
  return *end = s + (stop - text), status;
}
LONG NTAPI RtlIpv6StringToAddressW(PCWSTR s, PCWSTR *end, struct in6_addr *to) {
  char text[80];
  PCSTR stop = text;
  LONG status = RtlIpv6StringToAddressA(narrow(s, text, sizeof text), &stop, to);
  return *end = s + (stop - text), status;
}
LONG NTAPI RtlIpv4StringToAddressExW(PCWSTR s, BOOLEAN strict, struct in_addr *to, PUSHORT port) {
  char text[80];
  return RtlIpv4StringToAddressExA(narrow(s, text, sizeof text), strict, to, port);
}
LONG NTAPI RtlIpv6StringToAddressExW(PCWSTR s, struct in6_addr *to, PULONG scope, PUSHORT port) {
  char text[80];
  return RtlIpv6StringToAddressExA(narrow(s, text, sizeof text), to, scope, port);
}
