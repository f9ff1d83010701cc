// Narrow strings and character classes.
#include "runtime.h"
#include <ctype.h>
#define CH char
#define CHARG int
#define NAME(n) str##n
#define UNDER(n) _str##n
static char lower(char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static char upper(char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }
#include "crt-string-body.h"

int stricmp(const char *a, const char *b) { return _stricmp(a, b); }
int strnicmp(const char *a, const char *b, size_t most) { return _strnicmp(a, b, most); }
char *strpbrk(const char *s, const char *any) { return s += strcspn(s, any), *s ? (char *)s : NULL; }
char *_strnset(char *s, int c, size_t most) {
  for (size_t i = 0; i < most && at(s + i); i++) s[i] = (char)c;
  return s;
}
char *_strset(char *s, int c) { return _strnset(s, c, SIZE_MAX); }
char *strtok_s(char *s, const char *any, char **context) {
  if (s == NULL) s = *context;
  if (s == NULL) return NULL;
  s += strspn(s, any);
  char *end = s + strcspn(s, any);
  if (end == s) return *context = NULL, NULL;
  *context = *end ? (*end = 0, end + 1) : end;
  return s;
}

int isdigit(int c) { return c >= '0' && c <= '9'; }
int isupper(int c) { return c >= 'A' && c <= 'Z'; }
int islower(int c) { return c >= 'a' && c <= 'z'; }
int isalpha(int c) { return isupper(c) || islower(c); }
int isalnum(int c) { return isalpha(c) || isdigit(c); }
int isspace(int c) { return c == ' ' || (c >= 9 && c <= 13); }
int isxdigit(int c) { return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
int isprint(int c) { return c >= 32 && c < 127; }
int isgraph(int c) { return c > 32 && c < 127; }
int ispunct(int c) { return isgraph(c) && !isalnum(c); }
int iscntrl(int c) { return (c >= 0 && c < 32) || c == 127; }
int isascii(int c) { return c >= 0 && c < 128; }
int __isascii(int c) { return isascii(c); }
int toupper(int c) { return islower(c) ? c - 32 : c; }
int tolower(int c) { return isupper(c) ? c + 32 : c; }
int _toupper(int c) { return c - 32; }
int _tolower(int c) { return c + 32; }
