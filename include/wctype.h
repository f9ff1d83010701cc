// Wide character classes: what the C locale has, and upper case as RtlUpcaseUnicodeChar knows it.
#pragma once
#include <stddef.h>
#include <openwsk/begin-c.h>
int iswalpha(wint_t c);
int iswdigit(wint_t c);
int iswalnum(wint_t c);
int iswspace(wint_t c);
int iswxdigit(wint_t c);
int iswprint(wint_t c);
int iswctype(wint_t c, wctype_t desc);
wint_t towupper(wint_t c);
wint_t towlower(wint_t c);
#include <openwsk/end-c.h>
