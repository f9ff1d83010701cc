// The nodes of lists. What works on them is in openwsk/lists.h and openwsk/slist.h.
#pragma once
#include <openwsk/scalars.h>

typedef struct _LIST_ENTRY {
  struct _LIST_ENTRY *Flink;
  struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;
typedef LIST_ENTRY *PRLIST_ENTRY;
typedef struct _SINGLE_LIST_ENTRY {
  struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;
OWSK_SIZE(LIST_ENTRY, 8, 16);
