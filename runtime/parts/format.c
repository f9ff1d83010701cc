// printf for everyone: char and wide functions, RtlStringCbPrintf, DbgPrint. Microsoft's letters: %s is of the function's
// own width, %S of the other, h and l/w say narrow and wide; %Z and %wZ are counted strings, %p has all its digits in
// capitals, I64, I32 and I are widths. Floating point: %f only, with up to nine decimals.
#include "format.h"

typedef struct {
  int left, plus, space, zero, hash, width, precision, upper;
} SPEC;

static void put(OWSK_SINK *sink, unsigned c) {
  if (sink->used < sink->room) {
    if (sink->wide)
      ((wchar_t *)sink->to)[sink->used] = (wchar_t)c;
    else if (c < 0x100 || sink->room == sink->used + 1)
      ((char *)sink->to)[sink->used] = c < 0x100 ? (char)c : '?';
    else
      ((char *)sink->to)[sink->used] = '?';
  }
  sink->used++;
}
static void repeat(OWSK_SINK *sink, int c, int count) {
  while (count-- > 0) put(sink, (unsigned)c);
}
static unsigned character(const void *s, size_t i, int wide) {
  const void *p = wide ? (const void *)((const wchar_t *)s + i) : (const void *)((const char *)s + i);
  OWSK_READ(p, wide ? 2 : 1);
  return wide ? *(const wchar_t *)p : *(const unsigned char *)p;
}
static void putText(OWSK_SINK *sink, const SPEC *spec, const void *s, size_t length, int wide) {
  size_t n = 0;
  if (s == NULL) s = "(null)", wide = 0, length = 6;
  while (n < length && (spec->precision < 0 || n < (size_t)spec->precision) && (length != SIZE_MAX || character(s, n, wide))) n++;
  if (!spec->left) repeat(sink, spec->zero ? '0' : ' ', spec->width - (int)n);
  for (size_t i = 0; i < n; i++) put(sink, character(s, i, wide));
  if (spec->left) repeat(sink, ' ', spec->width - (int)n);
}
static void putNumber(OWSK_SINK *sink, SPEC *spec, unsigned long long v, int base, int negative, const char *prefix) {
  char digits[24];
  int n = 0, sign = negative ? '-' : spec->plus ? '+' : spec->space ? ' ' : 0, taken, zeros;
  for (unsigned long long rest = v; rest; rest /= (unsigned)base)
    digits[n++] = (spec->upper ? "0123456789ABCDEF" : "0123456789abcdef")[rest % (unsigned)base];
  if (v == 0 && spec->precision != 0) digits[n++] = '0';
  taken = n + (sign != 0) + (int)strlen(prefix);
  zeros = spec->precision > n ? spec->precision - n : 0;
  if (spec->precision < 0 && spec->zero && !spec->left && spec->width > taken) zeros = spec->width - taken;
  if (!spec->left) repeat(sink, ' ', spec->width - taken - zeros);
  if (sign) put(sink, (unsigned)sign);
  while (*prefix) put(sink, (unsigned char)*prefix++);
  repeat(sink, '0', zeros);
  for (int i = n; i-- > 0;) put(sink, (unsigned char)digits[i]);
  if (spec->left) repeat(sink, ' ', spec->width - taken - zeros);
}
static void putFixed(OWSK_SINK *sink, SPEC *spec, double v) {
  int decimals = spec->precision < 0 ? 6 : spec->precision > 9 ? 9 : spec->precision, negative = v < 0;
  unsigned long long scale = 1, whole, part;
  for (int i = 0; i < decimals; i++) scale *= 10;
  if (negative) v = -v;
  whole = (unsigned long long)v;
  part = (unsigned long long)((v - (double)whole) * (double)scale + 0.5);
  if (part >= scale) whole++, part -= scale;
  spec->precision = -1;
  spec->width -= decimals ? decimals + 1 : 0;
  putNumber(sink, spec, whole, 10, negative, "");
  if (!decimals) return;
  SPEC tail = {.precision = decimals};
  put(sink, '.');
  putNumber(sink, &tail, part, 10, 0, "");
}

size_t OwskFormat(OWSK_SINK *sink, const void *format, int wideFormat, va_list args) {
  size_t i = 0;
  for (unsigned c; (c = character(format, i, wideFormat)) != 0; i++) {
    SPEC spec = {.precision = -1};
    int size = 0, wide = -1; /* size: 0 int, 1 64 bits, 2 pointer-sized, -1 short, -2 char */
    if (c != '%') {
      put(sink, c);
      continue;
    }
    for (;; ) {
      c = character(format, ++i, wideFormat);
      if (c == '-') spec.left = 1;
      else if (c == '+') spec.plus = 1;
      else if (c == ' ') spec.space = 1;
      else if (c == '0') spec.zero = 1;
      else if (c == '#') spec.hash = 1;
      else break;
    }
    if (c == '*') {
      spec.width = va_arg(args, int);
      if (spec.width < 0) spec.left = 1, spec.width = -spec.width;
      c = character(format, ++i, wideFormat);
    } else
      for (; c >= '0' && c <= '9'; c = character(format, ++i, wideFormat)) spec.width = spec.width * 10 + (int)(c - '0');
    if (c == '.') {
      spec.precision = 0;
      c = character(format, ++i, wideFormat);
      if (c == '*') {
        spec.precision = va_arg(args, int);
        c = character(format, ++i, wideFormat);
      } else
        for (; c >= '0' && c <= '9'; c = character(format, ++i, wideFormat)) spec.precision = spec.precision * 10 + (int)(c - '0');
    }
    for (;; c = character(format, ++i, wideFormat)) {
      if (c == 'h') size = size == -1 ? -2 : -1, wide = 0;
      else if (c == 'l') size = wide == 1 ? 1 : size, wide = 1;
      else if (c == 'w') wide = 1;
      else if (c == 'L' || c == 'j') size = 1;
      else if (c == 'z' || c == 't') size = 2;
      else if (c == 'I') {
        unsigned a = character(format, i + 1, wideFormat);
        if (a == '6' || a == '3') size = a == '6', i += 2;
        else size = 2;
      } else break;
    }
    switch (c) {
      case 'd': case 'i': {
        long long v = size == 1 || (size == 2 && sizeof(SIZE_T) == 8) ? va_arg(args, long long) : va_arg(args, int);
        if (size == -1) v = (short)v;
        if (size == -2) v = (signed char)v;
        putNumber(sink, &spec, v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v, 10, v < 0, "");
        break;
      }
      case 'u': case 'x': case 'X': case 'o': {
        unsigned long long v = size == 1 || (size == 2 && sizeof(SIZE_T) == 8) ? va_arg(args, unsigned long long) : va_arg(args, unsigned);
        if (size == -1) v = (unsigned short)v;
        if (size == -2) v = (unsigned char)v;
        spec.plus = spec.space = 0;
        spec.upper = c == 'X';
        putNumber(sink, &spec, v, c == 'u' ? 10 : c == 'o' ? 8 : 16, 0, !spec.hash || !v || c == 'u' ? "" : c == 'x' ? "0x" : c == 'X' ? "0X" : "0");
        break;
      }
      case 'p':
        spec.upper = 1;
        spec.precision = 2 * sizeof(void *);
        putNumber(sink, &spec, (uintptr_t)va_arg(args, void *), 16, 0, "");
        break;
      case 'c': case 'C': {
        wchar_t one = (wchar_t)va_arg(args, int);
        if (wide < 0) wide = (c == 'c') == wideFormat;
        if (!wide) one &= 0xff;
        spec.precision = -1;
        putText(sink, &spec, &one, 1, 1);
        break;
      }
      case 's': case 'S':
        if (wide < 0) wide = (c == 's') == wideFormat;
        putText(sink, &spec, va_arg(args, void *), SIZE_MAX, wide);
        break;
      case 'Z': {
        const UNICODE_STRING *s = va_arg(args, const UNICODE_STRING *); /* STRING has the same fields */
        if (s) OWSK_READ(s, sizeof *s);
        putText(sink, &spec, s ? s->Buffer : NULL, s ? s->Length / (wide == 1 ? 2u : 1u) : 0, wide == 1);
        break;
      }
      case 'f': case 'e': case 'g': case 'F': case 'E': case 'G':
        putFixed(sink, &spec, va_arg(args, double));
        break;
      case 'n': /* never written: as Microsoft's library has it switched off */
        (void)va_arg(args, void *);
        break;
      case 0:
        return sink->used;
      default:
        put(sink, c);
    }
  }
  return sink->used;
}
