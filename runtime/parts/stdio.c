// The printf family. Three contracts: _snprintf (no terminator when full, -1 when cut), snprintf and vsnprintf of C99
// (always terminated, whole length), *_s (terminated; -1 when cut).
#include "format.h"

static int unterminated(void *to, size_t room, int wide, const void *format, va_list args) {
  OWSK_SINK sink = {to, room, 0, wide};
  size_t n = OwskFormat(&sink, format, wide, args), size = wide ? 2 : 1;
  OWSK_WRITE(to, (n < room ? n + 1 : room) * size);
  if (n < room) {
    if (wide) ((wchar_t *)to)[n] = 0;
    else ((char *)to)[n] = 0;
  }
  return n > room ? -1 : (int)n;
}
static int terminated(void *to, size_t room, int wide, const void *format, va_list args) {
  OWSK_SINK sink = {to, room ? room - 1 : 0, 0, wide};
  size_t n = OwskFormat(&sink, format, wide, args), end = n < room ? n : room - 1;
  if (room == 0) return (int)n;
  OWSK_WRITE(to, (end + 1) * (wide ? 2 : 1));
  if (wide) ((wchar_t *)to)[end] = 0;
  else ((char *)to)[end] = 0;
  return (int)n;
}
static int secure(void *to, size_t room, size_t most, int wide, const void *format, va_list args) {
  size_t limit = most < room ? most + 1 : room;
  if (to == NULL || room == 0) return -1;
  int n = terminated(to, limit, wide, format, args);
  if ((size_t)n < limit) return n;
  if (most == SIZE_MAX || most < room) return -1; /* cut, as _TRUNCATE or the count asked */
  if (wide) ((wchar_t *)to)[0] = 0;
  else ((char *)to)[0] = 0;
  return -1;
}
int _vsnprintf(char *to, size_t room, const char *f, va_list a) { return unterminated(to, room, 0, f, a); }
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *f, va_list a) { return unterminated(to, room, 1, f, a); }
int vsnprintf(char *to, size_t room, const char *f, va_list a) { return terminated(to, room, 0, f, a); }
int vsprintf(char *to, const char *f, va_list a) { return terminated(to, SIZE_MAX / 2, 0, f, a); }
int vsprintf_s(char *to, size_t room, const char *f, va_list a) { return secure(to, room, SIZE_MAX - 1, 0, f, a); }
int vswprintf_s(wchar_t *to, size_t room, const wchar_t *f, va_list a) { return secure(to, room, SIZE_MAX - 1, 1, f, a); }
int _vsnprintf_s(char *to, size_t room, size_t most, const char *f, va_list a) { return secure(to, room, most, 0, f, a); }
int _vsnwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *f, va_list a) { return secure(to, room, most, 1, f, a); }
int _vscprintf(const char *f, va_list a) { return terminated(NULL, 0, 0, f, a); }
#define VARIADIC(call)   \
  {                      \
    va_list a;           \
    va_start(a, f);      \
    int n = call;        \
    va_end(a);           \
    return n;            \
  }
int _snprintf(char *to, size_t room, const char *f, ...) VARIADIC(unterminated(to, room, 0, f, a))
int _snwprintf(wchar_t *to, size_t room, const wchar_t *f, ...) VARIADIC(unterminated(to, room, 1, f, a))
int snprintf(char *to, size_t room, const char *f, ...) VARIADIC(terminated(to, room, 0, f, a))
int sprintf(char *to, const char *f, ...) VARIADIC(terminated(to, SIZE_MAX / 2, 0, f, a))
int swprintf(wchar_t *to, const wchar_t *f, ...) VARIADIC(terminated(to, SIZE_MAX / 4, 1, f, a))
int sprintf_s(char *to, size_t room, const char *f, ...) VARIADIC(secure(to, room, SIZE_MAX - 1, 0, f, a))
int swprintf_s(wchar_t *to, size_t room, const wchar_t *f, ...) VARIADIC(secure(to, room, SIZE_MAX - 1, 1, f, a))
int _snprintf_s(char *to, size_t room, size_t most, const char *f, ...) VARIADIC(secure(to, room, most, 0, f, a))
int _snwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *f, ...) VARIADIC(secure(to, room, most, 1, f, a))
int _scprintf(const char *f, ...) VARIADIC(terminated(NULL, 0, 0, f, a))
int _scwprintf(const wchar_t *f, ...) VARIADIC(terminated(NULL, 0, 1, f, a))
