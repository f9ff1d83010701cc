// Counted strings. Length and MaximumLength are bytes, without a terminator that need not be there.
#pragma once
#include <openwsk/scalars.h>

typedef struct _UNICODE_STRING {
  USHORT Length;
  USHORT MaximumLength;
  PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;
typedef struct _STRING {
  USHORT Length;
  USHORT MaximumLength;
  PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING, *PUTF8_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;
typedef struct _CSTRING {
  USHORT Length;
  USHORT MaximumLength;
  const char *Buffer;
} CSTRING, *PCSTRING_CONST;
OWSK_SIZE(UNICODE_STRING, 8, 16);

#define DECLARE_CONST_UNICODE_STRING(v, s) \
  const WCHAR v##_buffer[] = s;            \
  const UNICODE_STRING v = {sizeof(s) - sizeof(WCHAR), sizeof(s), (PWCH)v##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(v, s) \
  extern const DECLSPEC_SELECTANY UNICODE_STRING v = {sizeof(s) - sizeof(WCHAR), sizeof(s), (PWCH)(s)}
#define DECLARE_UNICODE_STRING_SIZE(v, n) \
  WCHAR v##_buffer[n];                    \
  UNICODE_STRING v = {0, (n) * sizeof(WCHAR), v##_buffer}
#define RTL_CONSTANT_STRING(s) {sizeof(s) - sizeof((s)[0]), sizeof(s), s}
#define __TEXT(s) L##s
#ifndef TEXT
#define TEXT(s) __TEXT(s)
#endif
