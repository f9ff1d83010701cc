// Safe strings: RtlStringCb*/Cch* and RtlUnicodeString*. Each copies as much as fits, terminates, and says when it did not.
#pragma once
#include <ntdef.h>
#include <ntstatus.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(wchar_t))
#define STRSAFE_MAX_CCH NTSTRSAFE_MAX_CCH
typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef wchar_t *NTSTRSAFE_PWSTR;
typedef const wchar_t *NTSTRSAFE_PCWSTR;
typedef unsigned long DWORD_STRSAFE_FLAGS;
#define STRSAFE_FILL_BEHIND_NULL 0x00000200
#define STRSAFE_IGNORE_NULLS 0x00000100
#define STRSAFE_ZERO_LENGTH_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION 0x00001000
#include <openwsk/begin-c.h>
NTSTATUS RtlStringCchCopyA(char *to, size_t room, const char *from);
NTSTATUS RtlStringCchCopyW(wchar_t *to, size_t room, const wchar_t *from);
NTSTATUS RtlStringCchCopyNA(char *to, size_t room, const char *from, size_t most);
NTSTATUS RtlStringCchCopyNW(wchar_t *to, size_t room, const wchar_t *from, size_t most);
NTSTATUS RtlStringCchCatA(char *to, size_t room, const char *from);
NTSTATUS RtlStringCchCatW(wchar_t *to, size_t room, const wchar_t *from);
NTSTATUS RtlStringCchCatNA(char *to, size_t room, const char *from, size_t most);
NTSTATUS RtlStringCchCatNW(wchar_t *to, size_t room, const wchar_t *from, size_t most);
NTSTATUS RtlStringCchVPrintfA(char *to, size_t room, const char *format, va_list args);
NTSTATUS RtlStringCchVPrintfW(wchar_t *to, size_t room, const wchar_t *format, va_list args);
NTSTATUS RtlStringCchPrintfA(char *to, size_t room, const char *format, ...);
NTSTATUS RtlStringCchPrintfW(wchar_t *to, size_t room, const wchar_t *format, ...);
NTSTATUS RtlStringCchLengthA(const char *s, size_t most, size_t *length);
NTSTATUS RtlStringCchLengthW(const wchar_t *s, size_t most, size_t *length);
NTSTATUS RtlStringCchPrintfExA(char *to, size_t room, char **end, size_t *remaining, ULONG flags, const char *format, ...);
NTSTATUS RtlStringCchPrintfExW(wchar_t *to, size_t room, wchar_t **end, size_t *remaining, ULONG flags, const wchar_t *format, ...);
NTSTATUS RtlStringCbPrintfA(char *to, size_t bytes, const char *format, ...);
NTSTATUS RtlStringCbPrintfW(wchar_t *to, size_t bytes, const wchar_t *format, ...);
NTSTATUS RtlStringCbPrintfExA(char *to, size_t bytes, char **end, size_t *remaining, ULONG flags, const char *format, ...);
NTSTATUS RtlStringCbPrintfExW(wchar_t *to, size_t bytes, wchar_t **end, size_t *remaining, ULONG flags, const wchar_t *format, ...);
NTSTATUS RtlStringCbLengthW(const wchar_t *s, size_t most, size_t *length);
NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING to, const wchar_t *from);
NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING to, const wchar_t *from, ULONG flags);
NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING to, PCUNICODE_STRING from);
NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING to, const wchar_t *from);
NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING to, PCUNICODE_STRING from);
NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING to, const wchar_t *from);
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING to, const wchar_t *format, ...);
NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING to, const wchar_t *format, va_list args);
NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING s);
#include <openwsk/end-c.h>
/* Sizes in bytes are sizes in characters, halved for wide ones. */
#define RtlStringCbCopyA RtlStringCchCopyA
#define RtlStringCbCopyNA RtlStringCchCopyNA
#define RtlStringCbCatA RtlStringCchCatA
#define RtlStringCbCatNA RtlStringCchCatNA
#define RtlStringCbVPrintfA RtlStringCchVPrintfA
#define RtlStringCbLengthA RtlStringCchLengthA
#define RtlStringCbCopyW(to, bytes, from) RtlStringCchCopyW(to, (bytes) / sizeof(wchar_t), from)
#define RtlStringCbCopyNW(to, bytes, from, most) RtlStringCchCopyNW(to, (bytes) / sizeof(wchar_t), from, (most) / sizeof(wchar_t))
#define RtlStringCbCatW(to, bytes, from) RtlStringCchCatW(to, (bytes) / sizeof(wchar_t), from)
#define RtlStringCbCatNW(to, bytes, from, most) RtlStringCchCatNW(to, (bytes) / sizeof(wchar_t), from, (most) / sizeof(wchar_t))
#define RtlStringCbVPrintfW(to, bytes, format, args) RtlStringCchVPrintfW(to, (bytes) / sizeof(wchar_t), format, args)
#ifdef UNICODE
#define RtlStringCchCopy RtlStringCchCopyW
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCbPrintf RtlStringCbPrintfW
#define RtlStringCbCopy RtlStringCbCopyW
#else
#define RtlStringCchCopy RtlStringCchCopyA
#define RtlStringCchPrintf RtlStringCchPrintfA
#define RtlStringCbPrintf RtlStringCbPrintfA
#define RtlStringCbCopy RtlStringCbCopyA
#endif
