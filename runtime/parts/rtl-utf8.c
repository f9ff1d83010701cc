// UTF-8. A bad byte or a lone surrogate becomes U+FFFD, and the result is STATUS_SOME_NOT_MAPPED.
#include "runtime.h"
typedef struct {
  const UCHAR *at, *end;
  int bad;
} READER;
static ULONG next8(READER *r) {
  ULONG c = *r->at++, more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 9;
  static const ULONG least[4] = {0, 0x80, 0x800, 0x10000};
  const UCHAR *start = r->at;
  if (more == 9) return r->bad = 1, 0xfffd;
  ULONG v = more ? c & (0x3fu >> more) : c;
  for (ULONG i = 0; i < more; i++) {
    if (r->at == r->end || (*r->at & 0xc0) != 0x80) return r->bad = 1, 0xfffd;
    v = v << 6 | (*r->at++ & 0x3f);
  }
  if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return r->at = start, r->bad = 1, 0xfffd;
  return v;
}
NTSTATUS NTAPI RtlUTF8ToUnicodeN(PWSTR to, ULONG max, PULONG actual, PCCH from, ULONG bytes) {
  READER r = {(const UCHAR *)from, (const UCHAR *)from + bytes, 0};
  ULONG used = 0;
  OWSK_READ(from, bytes);
  while (r.at < r.end) {
    ULONG c = next8(&r), units = c > 0xffff ? 2 : 1;
    if (to && used + units * 2 > max) {
      if (actual) *actual = used;
      return STATUS_BUFFER_TOO_SMALL;
    }
    if (to) {
      OWSK_WRITE((char *)to + used, units * 2);
      if (units == 2) to[used / 2] = (WCHAR)(0xd7c0 + (c >> 10)), to[used / 2 + 1] = (WCHAR)(0xdc00 | (c & 0x3ff));
      else to[used / 2] = (WCHAR)c;
    }
    used += units * 2;
  }
  if (actual) *actual = used;
  return r.bad ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}
NTSTATUS NTAPI RtlUnicodeToUTF8N(PCHAR to, ULONG max, PULONG actual, PCWCH from, ULONG bytes) {
  ULONG used = 0, bad = 0, count = bytes / 2;
  OWSK_READ(from, bytes);
  for (ULONG i = 0; i < count; i++) {
    ULONG c = from[i];
    if (c >= 0xd800 && c < 0xdc00 && i + 1 < count && from[i + 1] >= 0xdc00 && from[i + 1] < 0xe000)
      c = 0x10000 + ((c - 0xd800) << 10) + (from[++i] - 0xdc00u);
    else if (c >= 0xd800 && c < 0xe000)
      c = 0xfffd, bad = 1;
    ULONG units = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (to && used + units > max) {
      if (actual) *actual = used;
      return STATUS_BUFFER_TOO_SMALL;
    }
    if (to) {
      OWSK_WRITE(to + used, units);
      for (ULONG k = units - 1; k > 0; k--, c >>= 6) to[used + k] = (CHAR)(0x80 | (c & 0x3f));
      to[used] = (CHAR)(units == 1 ? c : (0xf00u >> units) | c);
    }
    used += units;
  }
  if (actual) *actual = used;
  return bad ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}
/* Both string forms: measure, find room, convert. STRING and UNICODE_STRING have the same fields. */
NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING to, PCUNICODE_STRING from, BOOLEAN allocate) {
  ULONG n = 0;
  RtlUnicodeToUTF8N(NULL, 0, &n, from->Buffer, from->Length);
  if (n + 1 > 0xffff) return STATUS_INVALID_PARAMETER_2;
  if (allocate) {
    to->Buffer = ExAllocatePoolWithTag(PagedPool, n + 1, OWSK_STRING_TAG);
    if (to->Buffer == NULL) return STATUS_NO_MEMORY;
    to->MaximumLength = (USHORT)(n + 1);
  } else if (n + 1 > to->MaximumLength)
    return STATUS_BUFFER_OVERFLOW;
  NTSTATUS status = RtlUnicodeToUTF8N(to->Buffer, n, &n, from->Buffer, from->Length);
  to->Length = (USHORT)n;
  to->Buffer[n] = 0;
  return status;
}
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING to, PUTF8_STRING from, BOOLEAN allocate) {
  ULONG n = 0;
  RtlUTF8ToUnicodeN(NULL, 0, &n, from->Buffer, from->Length);
  if (n + 2 > 0xffff) return STATUS_INVALID_PARAMETER_2;
  if (allocate) {
    to->Buffer = ExAllocatePoolWithTag(PagedPool, n + 2, OWSK_STRING_TAG);
    if (to->Buffer == NULL) return STATUS_NO_MEMORY;
    to->MaximumLength = (USHORT)(n + 2);
  } else if (n + 2 > to->MaximumLength)
    return STATUS_BUFFER_OVERFLOW;
  NTSTATUS status = RtlUTF8ToUnicodeN(to->Buffer, n, &n, from->Buffer, from->Length);
  to->Length = (USHORT)n;
  to->Buffer[n / 2] = 0;
  return status;
}
