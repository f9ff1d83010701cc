// S-lists, ExInterlocked lists and their spin locks. The guest has one agent and none of these calls waits, so that plain
// steps are atomic; the spin lock's word is not touched, as IRQL and owner are the same before and after.
#include "runtime.h"
#ifdef _WIN64
#define HEAD(h) ((h)->Owsk.Next)
#define DEPTH(h) ((h)->Owsk.Depth)
#else
#define HEAD(h) ((h)->Next.Next)
#define DEPTH(h) ((h)->Depth)
#endif
VOID NTAPI InitializeSListHead(PSLIST_HEADER h) { memset(h, 0, sizeof *h); }
PSLIST_ENTRY NTAPI InterlockedPushEntrySList(PSLIST_HEADER h, PSLIST_ENTRY e) {
  PSLIST_ENTRY before = HEAD(h);
  OWSK_WRITE(e, sizeof e->Next);
  e->Next = before;
  HEAD(h) = e;
  DEPTH(h)++;
  return before;
}
PSLIST_ENTRY NTAPI InterlockedPopEntrySList(PSLIST_HEADER h) {
  PSLIST_ENTRY e = HEAD(h);
  if (e == NULL) return NULL;
  OWSK_READ(e, sizeof e->Next);
  HEAD(h) = e->Next;
  DEPTH(h)--;
  return e;
}
PSLIST_ENTRY NTAPI InterlockedFlushSList(PSLIST_HEADER h) {
  PSLIST_ENTRY e = HEAD(h);
  HEAD(h) = NULL;
  DEPTH(h) = 0;
  return e;
}
USHORT NTAPI QueryDepthSList(PSLIST_HEADER h) { return DEPTH(h); }
PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY e, PKSPIN_LOCK lock) {
  PLIST_ENTRY first = IsListEmpty(head) ? NULL : head->Flink;
  (void)lock;
  InsertHeadList(head, e);
  return first;
}
PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY e, PKSPIN_LOCK lock) {
  PLIST_ENTRY last = IsListEmpty(head) ? NULL : head->Blink;
  (void)lock;
  InsertTailList(head, e);
  return last;
}
PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock) {
  (void)lock;
  return IsListEmpty(head) ? NULL : RemoveHeadList(head);
}
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY head, PSINGLE_LIST_ENTRY e, PKSPIN_LOCK lock) {
  PSINGLE_LIST_ENTRY first = head->Next;
  (void)lock;
  PushEntryList(head, e);
  return first;
}
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY head, PKSPIN_LOCK lock) {
  (void)lock;
  return PopEntryList(head);
}
ULONG NTAPI ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock) {
  ULONG before = *Addend;
  (void)Lock;
  *Addend = before + Increment;
  return before;
}
LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment, PKSPIN_LOCK Lock) {
  LARGE_INTEGER before = *Addend;
  (void)Lock;
  Addend->QuadPart += Increment.QuadPart;
  return before;
}
