// Strings of CH: included by crt-string.c (char) and crt-wide.c (wchar_t), which define CH, NAME, UNDER, lower and upper.
// Every character read is checked, so that a missing terminator is found where the string leaves its block.
#include <errno.h>
#include <stdio.h>
static CH at(const CH *p) {
  OWSK_READ(p, sizeof(CH));
  return *p;
}
size_t NAME(len)(const CH *s) {
  size_t n = 0;
  while (at(s + n)) n++;
  return n;
}
size_t NAME(nlen)(const CH *s, size_t most) {
  size_t n = 0;
  while (n < most && at(s + n)) n++;
  return n;
}
size_t NAME(nlen_s)(const CH *s, size_t most) { return s ? NAME(nlen)(s, most) : 0; }
static int compare(const CH *a, const CH *b, size_t most, int fold) {
  for (; most--; a++, b++) {
    CH x = at(a), y = at(b);
    if (fold) x = lower(x), y = lower(y);
    if (x != y) return x < y ? -1 : 1;
    if (!x) break;
  }
  return 0;
}
int NAME(cmp)(const CH *a, const CH *b) { return compare(a, b, SIZE_MAX, 0); }
int NAME(ncmp)(const CH *a, const CH *b, size_t most) { return compare(a, b, most, 0); }
int UNDER(icmp)(const CH *a, const CH *b) { return compare(a, b, SIZE_MAX, 1); }
int UNDER(nicmp)(const CH *a, const CH *b, size_t most) { return compare(a, b, most, 1); }
static CH *copy(CH *to, const CH *from, size_t most) {
  size_t n = NAME(nlen)(from, most);
  OWSK_WRITE(to, (n + 1) * sizeof(CH));
  for (size_t i = 0; i < n; i++) to[i] = from[i];
  to[n] = 0;
  return to;
}
CH *NAME(cpy)(CH *to, const CH *from) { return copy(to, from, SIZE_MAX); }
CH *NAME(cat)(CH *to, const CH *from) { return copy(to + NAME(len)(to), from, SIZE_MAX), to; }
CH *NAME(ncat)(CH *to, const CH *from, size_t most) { return copy(to + NAME(len)(to), from, most), to; }
CH *NAME(ncpy)(CH *to, const CH *from, size_t size) {
  size_t n = NAME(nlen)(from, size);
  OWSK_WRITE(to, size * sizeof(CH));
  for (size_t i = 0; i < size; i++) to[i] = i < n ? from[i] : 0;
  return to;
}
errno_t NAME(ncpy_s)(CH *to, rsize_t room, const CH *from, rsize_t most) {
  if (to == NULL || room == 0) return EINVAL;
  if (from == NULL) return to[0] = 0, EINVAL;
  size_t n = NAME(nlen)(from, most);
  if (n < room) return copy(to, from, n), 0;
  if (most == _TRUNCATE) return copy(to, from, room - 1), STRUNCATE;
  to[0] = 0;
  return ERANGE;
}
errno_t NAME(cpy_s)(CH *to, rsize_t room, const CH *from) { return NAME(ncpy_s)(to, room, from, SIZE_MAX - 1); }
errno_t NAME(ncat_s)(CH *to, rsize_t room, const CH *from, rsize_t most) {
  if (to == NULL || room == 0) return EINVAL;
  size_t n = NAME(nlen)(to, room);
  if (n == room) return EINVAL;
  errno_t e = NAME(ncpy_s)(to + n, room - n, from, most);
  if (e == ERANGE) to[0] = 0;
  return e;
}
errno_t NAME(cat_s)(CH *to, rsize_t room, const CH *from) { return NAME(ncat_s)(to, room, from, SIZE_MAX - 1); }
CH *NAME(chr)(const CH *s, CHARG c) {
  for (;; s++) {
    CH x = at(s);
    if (x == (CH)c) return (CH *)s;
    if (!x) return NULL;
  }
}
CH *NAME(rchr)(const CH *s, CHARG c) {
  const CH *last = NULL;
  for (;; s++) {
    CH x = at(s);
    if (x == (CH)c) last = s;
    if (!x) return (CH *)last;
  }
}
CH *NAME(str)(const CH *s, const CH *part) {
  size_t n = NAME(len)(part);
  for (;; s++) {
    if (compare(s, part, n, 0) == 0) return (CH *)s;
    if (!at(s)) return NULL;
  }
}
static size_t span(const CH *s, const CH *any, int want) {
  size_t n = 0;
  for (CH c; (c = at(s + n)) != 0 && (NAME(chr)(any, c) != NULL) == want;) n++;
  return n;
}
size_t NAME(spn)(const CH *s, const CH *any) { return span(s, any, 1); }
size_t NAME(cspn)(const CH *s, const CH *any) { return span(s, any, 0); }
CH *UNDER(lwr)(CH *s) {
  for (CH *p = s; at(p); p++) *p = lower(*p);
  return s;
}
CH *UNDER(upr)(CH *s) {
  for (CH *p = s; at(p); p++) *p = upper(*p);
  return s;
}
CH *UNDER(rev)(CH *s) {
  size_t n = NAME(len)(s);
  for (size_t i = 0; i < n / 2; i++) {
    CH c = s[i];
    s[i] = s[n - 1 - i];
    s[n - 1 - i] = c;
  }
  return s;
}
