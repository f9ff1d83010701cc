// Numbers from text and back, sorting, searching. There is no heap: drivers use pool.
#pragma once
#include <stddef.h>
#include <limits.h>
#include <openwsk/begin-c.h>
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
long long strtoll(const char *s, char **end, int base);
unsigned long long strtoull(const char *s, char **end, int base);
long long _strtoi64(const char *s, char **end, int base);
unsigned long long _strtoui64(const char *s, char **end, int base);
long wcstol(const wchar_t *s, wchar_t **end, int base);
unsigned long wcstoul(const wchar_t *s, wchar_t **end, int base);
unsigned long long _wcstoui64(const wchar_t *s, wchar_t **end, int base);
int atoi(const char *s);
long atol(const char *s);
long long _atoi64(const char *s);
int _wtoi(const wchar_t *s);
long _wtol(const wchar_t *s);
char *_itoa(int value, char *to, int base);
char *_ultoa(unsigned long value, char *to, int base);
char *_i64toa(long long value, char *to, int base);
char *_ui64toa(unsigned long long value, char *to, int base);
wchar_t *_itow(int value, wchar_t *to, int base);
wchar_t *_ultow(unsigned long value, wchar_t *to, int base);
errno_t _itoa_s(int value, char *to, size_t room, int base);
errno_t _itow_s(int value, wchar_t *to, size_t room, int base);
int abs(int value);
long labs(long value);
long long llabs(long long value);
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
unsigned short _byteswap_ushort(unsigned short value);
unsigned long _byteswap_ulong(unsigned long value);
unsigned long long _byteswap_uint64(unsigned long long value);
unsigned int _rotl(unsigned int value, int shift);
unsigned int _rotr(unsigned int value, int shift);
unsigned long _lrotl(unsigned long value, int shift);
unsigned long _lrotr(unsigned long value, int shift);
unsigned long long _rotl64(unsigned long long value, int shift);
unsigned long long _rotr64(unsigned long long value, int shift);
#include <openwsk/end-c.h>
#define _countof(a) (sizeof(a) / sizeof((a)[0]))
#ifndef _TRUNCATE
#define _TRUNCATE ((size_t) - 1)
#endif
