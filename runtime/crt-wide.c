// Wide strings and character classes. Case: Latin-1, Latin Extended-A, Greek and Cyrillic; the rest is left as it is.
#include "runtime.h"
#include <wctype.h>
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  if ((c >= 0xe0 && c <= 0xfe && c != 0xf7) || (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) || (c >= 0x430 && c <= 0x44f)) return c - 32;
  if (c == 0xff) return 0x178;
  if (c >= 0x450 && c <= 0x45f) return c - 80;
  if (((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177)) && c != 0x131) return c & ~1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return c & 1 ? c : c - 1;
  return c;
}
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f)) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177)) && c != 0x130) return c | 1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return c & 1 ? c + 1 : c;
  return c == 0x178 ? 0xff : c;
}
#define CH wchar_t
#define CHARG wchar_t
#define NAME(n) wcs##n
#define UNDER(n) _wcs##n
#define lower RtlDowncaseUnicodeChar
#define upper RtlUpcaseUnicodeChar
#include "crt-string-body.h"

wint_t towupper(wint_t c) { return RtlUpcaseUnicodeChar(c); }
wint_t towlower(wint_t c) { return RtlDowncaseUnicodeChar(c); }
int iswdigit(wint_t c) { return c >= '0' && c <= '9'; }
int iswalpha(wint_t c) { return towupper(c) != c || towlower(c) != c; }
int iswalnum(wint_t c) { return iswalpha(c) || iswdigit(c); }
int iswspace(wint_t c) { return c == ' ' || (c >= 9 && c <= 13) || c == 0xa0; }
int iswxdigit(wint_t c) { return iswdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
int iswprint(wint_t c) { return c >= 32 && c != 127; }
