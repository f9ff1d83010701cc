// memcpy and its kin. Loops are volatile-free but kept as loops: -fno-builtin keeps the compiler from calling memcpy here.
#include "runtime.h"
#include <errno.h>

static void up(unsigned char *to, const unsigned char *from, size_t size) {
  if ((((uintptr_t)to | (uintptr_t)from) & 3) == 0)
    for (; size >= 4; size -= 4, to += 4, from += 4) *(unsigned int *)to = *(const unsigned int *)from;
  while (size--) *to++ = *from++;
}
static void down(unsigned char *to, const unsigned char *from, size_t size) {
  while (size--) to[size] = from[size];
}
void *memcpy(void *to, const void *from, size_t size) {
  OWSK_READ(from, size);
  OWSK_WRITE(to, size);
  up(to, from, size);
  return to;
}
void *memmove(void *to, const void *from, size_t size) {
  OWSK_READ(from, size);
  OWSK_WRITE(to, size);
  if ((uintptr_t)to - (uintptr_t)from >= size)
    up(to, from, size);
  else
    down(to, from, size);
  return to;
}
void *memset(void *to, int value, size_t size) {
  unsigned char *p = to, v = (unsigned char)value;
  OWSK_WRITE(to, size);
  if (((uintptr_t)p & 3) == 0)
    for (; size >= 4; size -= 4, p += 4) *(unsigned int *)p = 0x01010101u * v;
  while (size--) *p++ = v;
  return to;
}
int memcmp(const void *a, const void *b, size_t size) {
  const unsigned char *x = a, *y = b;
  OWSK_READ(a, size);
  OWSK_READ(b, size);
  for (; size--; x++, y++)
    if (*x != *y) return *x < *y ? -1 : 1;
  return 0;
}
void *memchr(const void *in, int value, size_t size) {
  const unsigned char *p = in;
  for (; size--; p++) {
    OWSK_READ(p, 1);
    if (*p == (unsigned char)value) return (void *)p;
  }
  return NULL;
}
void *_memccpy(void *to, const void *from, int value, size_t size) {
  unsigned char *p = to;
  const unsigned char *q = from;
  while (size--) {
    OWSK_READ(q, 1);
    OWSK_WRITE(p, 1);
    if ((*p++ = *q++) == (unsigned char)value) return p;
  }
  return NULL;
}
static unsigned char folded(unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
int _memicmp(const void *a, const void *b, size_t size) {
  const unsigned char *x = a, *y = b;
  OWSK_READ(a, size);
  OWSK_READ(b, size);
  for (; size--; x++, y++)
    if (folded(*x) != folded(*y)) return folded(*x) - folded(*y);
  return 0;
}
errno_t memcpy_s(void *to, rsize_t room, const void *from, rsize_t size) {
  if (size == 0) return 0;
  if (to == NULL) return EINVAL;
  if (from == NULL || room < size) {
    memset(to, 0, room);
    return from == NULL ? EINVAL : ERANGE;
  }
  memcpy(to, from, size);
  return 0;
}
errno_t memmove_s(void *to, rsize_t room, const void *from, rsize_t size) {
  if (size == 0) return 0;
  if (to == NULL || from == NULL) return EINVAL;
  if (room < size) return ERANGE;
  memmove(to, from, size);
  return 0;
}
SIZE_T NTAPI RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length) {
  const unsigned char *x = Source1, *y = Source2;
  SIZE_T same = 0;
  OWSK_READ(Source1, Length);
  OWSK_READ(Source2, Length);
  while (same < Length && x[same] == y[same]) same++;
  return same;
}
SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern) {
  const ULONG *p = Source;
  SIZE_T i = 0;
  OWSK_READ(Source, Length & ~3u);
  while (i < Length / 4 && p[i] == Pattern) i++;
  return i * 4;
}
PVOID RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt) { return memset(ptr, 0, cnt); }
BOOLEAN NTAPI RtlIsZeroMemory(PVOID Buffer, SIZE_T Length) {
  const unsigned char *p = Buffer;
  OWSK_READ(Buffer, Length);
  for (; Length--; p++)
    if (*p) return FALSE;
  return TRUE;
}
