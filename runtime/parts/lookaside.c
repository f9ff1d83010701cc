// Lookaside lists that keep nothing: see include/openwsk/lookaside.h.
#include "runtime.h"
static PVOID NTAPI allocateEx(POOL_TYPE type, SIZE_T size, ULONG tag, PLOOKASIDE_LIST_EX list) {
  (void)list;
  return ExAllocatePoolWithTag(type, size, tag);
}
static VOID NTAPI freeEx(PVOID block, PLOOKASIDE_LIST_EX list) { ExFreePoolWithTag(block, list->L.Tag); }
static VOID NTAPI freePlain(PVOID block) { ExFreePool(block); }
static VOID fill(GENERAL_LOOKASIDE *l, PALLOCATE_FUNCTION allocate, PFREE_FUNCTION release, POOL_TYPE type, SIZE_T size, ULONG tag) {
  memset(l, 0, sizeof *l);
  l->Type = type;
  l->Size = (ULONG)size;
  l->Tag = tag;
  l->Allocate = allocate ? allocate : ExAllocatePoolWithTag;
  l->Free = release ? release : freePlain;
}
VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST l, PALLOCATE_FUNCTION a, PFREE_FUNCTION f, ULONG flags, SIZE_T size, ULONG tag,
                                           USHORT depth) {
  (void)depth;
  fill(&l->L, a, f, (POOL_TYPE)(NonPagedPool | flags), size, tag);
}
VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST l, PALLOCATE_FUNCTION a, PFREE_FUNCTION f, ULONG flags, SIZE_T size, ULONG tag,
                                          USHORT depth) {
  (void)depth;
  fill(&l->L, a, f, (POOL_TYPE)(PagedPool | flags), size, tag);
}
NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX l, PALLOCATE_FUNCTION_EX a, PFREE_FUNCTION_EX f, POOL_TYPE type, ULONG flags,
                                           SIZE_T size, ULONG tag, USHORT depth) {
  (void)depth;
  (void)flags;
  memset(l, 0, sizeof *l);
  l->L.Type = type;
  l->L.Size = (ULONG)size;
  l->L.Tag = tag;
  l->L.AllocateEx = a ? a : allocateEx;
  l->L.FreeEx = f ? f : freeEx;
  return STATUS_SUCCESS;
}
VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST l) { (void)l; }
VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST l) { (void)l; }
VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX l) { (void)l; }
VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX l) { (void)l; }
