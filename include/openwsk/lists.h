// Doubly and singly linked lists. A damaged list fails fast, as on Windows: bug check 0x139
// KERNEL_SECURITY_CHECK_FAILURE, parameter 3 = FAST_FAIL_CORRUPT_LIST_ENTRY.
#pragma once
#include <openwsk/list-types.h>
#include <openwsk/bug-check.h>

// Not inline: what goes wrong in one is told with the line of its caller, which inlined code would not have.
#define LIST_FUNCTION static __attribute__((noinline, unused))

#define RtlFailFast(code) KeBugCheckEx(0x139, (code), 0, 0, 0)
#define FatalListEntryError(p1, p2, p3) KeBugCheckEx(0x139, 3, (ULONG_PTR)(p1), (ULONG_PTR)(p2), (ULONG_PTR)(p3))

LIST_FUNCTION VOID InitializeListHead(PLIST_ENTRY ListHead) { ListHead->Flink = ListHead->Blink = ListHead; }
LIST_FUNCTION BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead) { return (BOOLEAN)(ListHead->Flink == ListHead); }

LIST_FUNCTION VOID RtlpCheckListEntry(PLIST_ENTRY Entry) {
  if (Entry->Flink->Blink != Entry || Entry->Blink->Flink != Entry) FatalListEntryError(Entry->Blink, Entry, Entry->Flink);
}

LIST_FUNCTION BOOLEAN RemoveEntryList(PLIST_ENTRY Entry) {
  PLIST_ENTRY next = Entry->Flink, previous = Entry->Blink;
  if (next->Blink != Entry || previous->Flink != Entry) FatalListEntryError(previous, Entry, next);
  previous->Flink = next;
  next->Blink = previous;
  return (BOOLEAN)(next == previous);
}

LIST_FUNCTION PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead) {
  PLIST_ENTRY entry = ListHead->Flink, next = entry->Flink;
  if (entry->Blink != ListHead || next->Blink != entry) FatalListEntryError(ListHead, entry, next);
  ListHead->Flink = next;
  next->Blink = ListHead;
  return entry;
}

LIST_FUNCTION PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead) {
  PLIST_ENTRY entry = ListHead->Blink, previous = entry->Blink;
  if (entry->Flink != ListHead || previous->Flink != entry) FatalListEntryError(previous, entry, ListHead);
  ListHead->Blink = previous;
  previous->Flink = ListHead;
  return entry;
}

LIST_FUNCTION VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry) {
  PLIST_ENTRY last = ListHead->Blink;
  if (last->Flink != ListHead) FatalListEntryError(last, ListHead, last->Flink);
  Entry->Flink = ListHead;
  Entry->Blink = last;
  last->Flink = Entry;
  ListHead->Blink = Entry;
}

LIST_FUNCTION VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry) {
  PLIST_ENTRY first = ListHead->Flink;
  if (first->Blink != ListHead) FatalListEntryError(ListHead, first, first->Blink);
  Entry->Flink = first;
  Entry->Blink = ListHead;
  first->Blink = Entry;
  ListHead->Flink = Entry;
}

LIST_FUNCTION VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend) {
  PLIST_ENTRY end = ListHead->Blink;
  RtlpCheckListEntry(ListHead);
  RtlpCheckListEntry(ListToAppend);
  ListHead->Blink->Flink = ListToAppend;
  ListHead->Blink = ListToAppend->Blink;
  ListToAppend->Blink->Flink = ListHead;
  ListToAppend->Blink = end;
}

LIST_FUNCTION PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead) {
  PSINGLE_LIST_ENTRY first = ListHead->Next;
  if (first != NULL) ListHead->Next = first->Next;
  return first;
}
LIST_FUNCTION VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead, PSINGLE_LIST_ENTRY Entry) {
  Entry->Next = ListHead->Next;
  ListHead->Next = Entry;
}
