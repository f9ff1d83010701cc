// ntstrsafe.h: copy what fits, always terminate, return STATUS_BUFFER_OVERFLOW when something did not fit.
#include "runtime.h"
#include <ntstrsafe.h>
static NTSTATUS checked(const void *to, size_t room) {
  return to == NULL || room == 0 || room > NTSTRSAFE_MAX_CCH ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}
#define FOR(S, CH, len, vprint)                                                                                  \
  NTSTATUS RtlStringCchCopyN##S(CH *to, size_t room, const CH *from, size_t most) {                              \
    if (checked(to, room)) return STATUS_INVALID_PARAMETER;                                                      \
    size_t n = len(from, most), take = n < room ? n : room - 1;                                                  \
    memmove(to, from, take * sizeof(CH));                                                                        \
    to[take] = 0;                                                                                                \
    return take < n ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;                                                   \
  }                                                                                                              \
  NTSTATUS RtlStringCchCopy##S(CH *to, size_t room, const CH *from) { return RtlStringCchCopyN##S(to, room, from, NTSTRSAFE_MAX_CCH); } \
  NTSTATUS RtlStringCchCatN##S(CH *to, size_t room, const CH *from, size_t most) {                               \
    if (checked(to, room)) return STATUS_INVALID_PARAMETER;                                                      \
    size_t n = len(to, room);                                                                                    \
    return n == room ? STATUS_INVALID_PARAMETER : RtlStringCchCopyN##S(to + n, room - n, from, most);            \
  }                                                                                                              \
  NTSTATUS RtlStringCchCat##S(CH *to, size_t room, const CH *from) { return RtlStringCchCatN##S(to, room, from, NTSTRSAFE_MAX_CCH); } \
  NTSTATUS RtlStringCchVPrintf##S(CH *to, size_t room, const CH *format, va_list args) {                         \
    if (checked(to, room)) return STATUS_INVALID_PARAMETER;                                                      \
    int n = vprint(to, room, format, args);                                                                      \
    if (n >= 0 && (size_t)n < room) return STATUS_SUCCESS;                                                       \
    to[room - 1] = 0;                                                                                            \
    return STATUS_BUFFER_OVERFLOW;                                                                               \
  }                                                                                                              \
  NTSTATUS RtlStringCchLength##S(const CH *s, size_t most, size_t *length) {                                     \
    size_t n = s && most <= NTSTRSAFE_MAX_CCH ? len(s, most) : most;                                             \
    if (length) *length = n == most ? 0 : n;                                                                     \
    return n == most ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;                                                \
  }                                                                                                              \
  static NTSTATUS ended##S(NTSTATUS status, CH *to, size_t room, CH **end, size_t *remaining) {                  \
    size_t n = status == STATUS_INVALID_PARAMETER ? 0 : len(to, room);                                           \
    if (end) *end = to + n;                                                                                      \
    if (remaining) *remaining = room - n;                                                                        \
    return status;                                                                                               \
  }
FOR(A, char, strnlen, _vsnprintf)
FOR(W, wchar_t, wcsnlen, _vsnwprintf)
#define PRINT_TO(call)                \
  {                                \
    va_list args;                  \
    va_start(args, format);        \
    NTSTATUS status = call;        \
    va_end(args);                  \
    return status;                 \
  }
NTSTATUS RtlStringCchPrintfA(char *to, size_t room, const char *format, ...) PRINT_TO(RtlStringCchVPrintfA(to, room, format, args))
NTSTATUS RtlStringCchPrintfW(wchar_t *to, size_t room, const wchar_t *format, ...) PRINT_TO(RtlStringCchVPrintfW(to, room, format, args))
NTSTATUS RtlStringCbPrintfA(char *to, size_t bytes, const char *format, ...) PRINT_TO(RtlStringCchVPrintfA(to, bytes, format, args))
NTSTATUS RtlStringCbPrintfW(wchar_t *to, size_t bytes, const wchar_t *format, ...) PRINT_TO(RtlStringCchVPrintfW(to, bytes / 2, format, args))
NTSTATUS RtlStringCchPrintfExA(char *to, size_t room, char **end, size_t *left, ULONG flags, const char *format, ...)
    PRINT_TO(((void)flags, endedA(RtlStringCchVPrintfA(to, room, format, args), to, room, end, left)))
NTSTATUS RtlStringCchPrintfExW(wchar_t *to, size_t room, wchar_t **end, size_t *left, ULONG flags, const wchar_t *format, ...)
    PRINT_TO(((void)flags, endedW(RtlStringCchVPrintfW(to, room, format, args), to, room, end, left)))
NTSTATUS RtlStringCbPrintfExA(char *to, size_t bytes, char **end, size_t *left, ULONG flags, const char *format, ...)
    PRINT_TO(((void)flags, endedA(RtlStringCchVPrintfA(to, bytes, format, args), to, bytes, end, left)))
NTSTATUS RtlStringCbPrintfExW(wchar_t *to, size_t bytes, wchar_t **end, size_t *left, ULONG flags, const wchar_t *format, ...) {
  va_list args;
  va_start(args, format);
  NTSTATUS status = endedW(RtlStringCchVPrintfW(to, bytes / 2, format, args), to, bytes / 2, end, left);
  va_end(args);
  (void)flags;
  if (left) *left = *left * 2 + bytes % 2;
  return status;
}
NTSTATUS RtlStringCbLengthW(const wchar_t *s, size_t most, size_t *length) {
  NTSTATUS status = RtlStringCchLengthW(s, most / 2, length);
  if (length) *length *= 2;
  return status;
}
NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING to, const wchar_t *from) {
  if (from && wcslen(from) > NTSTRSAFE_UNICODE_STRING_MAX_CCH - 1) return STATUS_INVALID_PARAMETER;
  return RtlInitUnicodeString(to, from), STATUS_SUCCESS;
}
NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING to, const wchar_t *from, ULONG flags) { return (void)flags, RtlUnicodeStringInit(to, from); }
NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING s) {
  return s == NULL || s->Length % 2 || s->MaximumLength % 2 || s->Length > s->MaximumLength || (s->Buffer == NULL && s->MaximumLength)
             ? STATUS_INVALID_PARAMETER
             : STATUS_SUCCESS;
}
static NTSTATUS add(PUNICODE_STRING to, size_t at, const wchar_t *from, size_t count) {
  if (RtlUnicodeStringValidate(to)) return STATUS_INVALID_PARAMETER;
  size_t space = to->MaximumLength / 2u - at, take = count < space ? count : space;
  if (take) memmove(to->Buffer + at, from, take * 2);
  to->Length = (USHORT)((at + take) * 2);
  return take < count ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING to, PCUNICODE_STRING from) { return add(to, 0, from->Buffer, from->Length / 2u); }
NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING to, const wchar_t *from) { return add(to, 0, from, wcslen(from)); }
NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING to, PCUNICODE_STRING from) { return add(to, to->Length / 2u, from->Buffer, from->Length / 2u); }
NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING to, const wchar_t *from) { return add(to, to->Length / 2u, from, wcslen(from)); }
NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING to, const wchar_t *format, va_list args) {
  if (RtlUnicodeStringValidate(to)) return STATUS_INVALID_PARAMETER;
  int n = _vsnwprintf(to->Buffer, to->MaximumLength / 2u, format, args);
  to->Length = n < 0 ? to->MaximumLength : (USHORT)(n * 2);
  return n < 0 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to, const wchar_t *format, ...) PRINT_TO(RtlUnicodeStringVPrintf(to, format, args))
