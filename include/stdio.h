// Formatted text into buffers, with Microsoft's letters (%I64, %ws, %wZ, %p in capitals): runtime/format.c.
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <openwsk/begin-c.h>
int sprintf(char *to, const char *format, ...);
int vsprintf(char *to, const char *format, va_list args);
int snprintf(char *to, size_t room, const char *format, ...);
int vsnprintf(char *to, size_t room, const char *format, va_list args);
int _snprintf(char *to, size_t room, const char *format, ...);
int _vsnprintf(char *to, size_t room, const char *format, va_list args);
int sprintf_s(char *to, size_t room, const char *format, ...);
int vsprintf_s(char *to, size_t room, const char *format, va_list args);
int _snprintf_s(char *to, size_t room, size_t most, const char *format, ...);
int _vsnprintf_s(char *to, size_t room, size_t most, const char *format, va_list args);
int _scprintf(const char *format, ...);
int _vscprintf(const char *format, va_list args);
int swprintf(wchar_t *to, const wchar_t *format, ...);
int _snwprintf(wchar_t *to, size_t room, const wchar_t *format, ...);
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list args);
int swprintf_s(wchar_t *to, size_t room, const wchar_t *format, ...);
int vswprintf_s(wchar_t *to, size_t room, const wchar_t *format, va_list args);
int _snwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *format, ...);
int _vsnwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *format, va_list args);
int _scwprintf(const wchar_t *format, ...);
#include <openwsk/end-c.h>
#ifndef _TRUNCATE
#define _TRUNCATE ((size_t) - 1)
#endif
