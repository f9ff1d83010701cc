// What the generated trace headers (WPP's .tmh files) call: the message as a line, with its place and flags before it.
#include "format.h"

/* %!STATUS!, %!FUNC! and their like: WPP's own types, each as what it holds. */
static size_t plainFormat(const char *format, char *plain, size_t room) {
  size_t n = 0;
  for (; *format && n + 8 < room; format++) {
    if (format[0] != '%' || format[1] != '!') {
      plain[n++] = *format;
      continue;
    }
    const char *name = format + 2;
    const char *as = "0x%08x";
    if (name[0] == 's' || name[0] == 'w') as = "%s";
    if (name[0] == 'd' || name[0] == 'u') as = "%d";
    while (*as) plain[n++] = *as++;
    for (format = name; *format && *format != '!'; format++) {
    }
    if (!*format) break;
  }
  plain[n] = 0;
  return n;
}

void OwskTrace(const char *file, int line, const char *flags, const char *format, ...) {
  char plain[512], prefix[64];
  size_t n = plainFormat(format, plain, sizeof plain - 1), p = 0;
  va_list args;
  (void)file, (void)line;
  if (n == 0 || plain[n - 1] != '\n') plain[n++] = '\n', plain[n] = 0;
  prefix[p++] = '[';
  for (; *flags && p < sizeof prefix - 3; flags++) prefix[p++] = *flags;
  prefix[p++] = ']', prefix[p++] = ' ', prefix[p] = 0;
  va_start(args, format);
  vDbgPrintExWithPrefix(prefix, DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, plain, args);
  va_end(args);
}
