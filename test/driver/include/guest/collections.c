#include "check.h"
typedef struct {
  int key, value;
} ITEM;
static RTL_GENERIC_COMPARE_RESULTS NTAPI compare(PRTL_AVL_TABLE t, PVOID a, PVOID b) {
  int x = ((ITEM *)a)->key, y = ((ITEM *)b)->key;
  (void)t;
  return x < y ? GenericLessThan : x > y ? GenericGreaterThan : GenericEqual;
}
static PVOID NTAPI allocate(PRTL_AVL_TABLE t, CLONG size) {
  (void)t;
  return ExAllocatePoolWithTag(NonPagedPool, (SIZE_T)size, 'tset');
}
static VOID NTAPI release(PRTL_AVL_TABLE t, PVOID p) {
  (void)t;
  ExFreePoolWithTag(p, 'tset');
}
/* The height, or -1000 when order, parents or balances are wrong. */
static int height(PRTL_BALANCED_LINKS n, PRTL_BALANCED_LINKS parent) {
  if (n == NULL) return 0;
  int left = height(n->LeftChild, n), right = height(n->RightChild, n);
  if (n->Parent != parent || left < 0 || right < 0 || right - left != n->Balance || n->Balance > 1 || n->Balance < -1) return -1000;
  return 1 + (left > right ? left : right);
}
static int sound(PRTL_AVL_TABLE t) { return height(t->BalancedRoot.RightChild, &t->BalancedRoot) == (int)t->DepthOfTree; }
int testAvl(void) {
  RTL_AVL_TABLE t;
  BOOLEAN isNew;
  ULONG seed = 7;
  UCHAR there[128] = {0};
  RtlInitializeGenericTableAvl(&t, compare, allocate, release, NULL);
  CHECK(RtlIsGenericTableEmptyAvl(&t) && RtlEnumerateGenericTableAvl(&t, TRUE) == NULL);
  for (int round = 0; round < 2000; round++) {
    ITEM item = {(int)(RtlRandomEx(&seed) % 128), round};
    if (RtlRandomEx(&seed) % 2) {
      ITEM *stored = RtlInsertElementGenericTableAvl(&t, &item, sizeof item, &isNew);
      CHECK(stored->key == item.key && isNew == !there[item.key] && (stored->value == round) == isNew);
      there[item.key] = 1;
    } else {
      CHECK(RtlDeleteElementGenericTableAvl(&t, &item) == there[item.key]);
      there[item.key] = 0;
    }
    CHECK(sound(&t));
    CHECK((RtlLookupElementGenericTableAvl(&t, &item) != NULL) == there[item.key]);
  }
  int last = -1;
  ULONG count = 0;
  for (ITEM *i = RtlEnumerateGenericTableAvl(&t, TRUE); i; i = RtlEnumerateGenericTableAvl(&t, FALSE), count++) {
    CHECK(i->key > last && there[i->key] && RtlGetElementGenericTableAvl(&t, count) == i);
    last = i->key;
  }
  CHECK(count == RtlNumberGenericTableElementsAvl(&t) && count > 10);
  for (ITEM *i; (i = RtlGetElementGenericTableAvl(&t, 0)) != NULL;) RtlDeleteElementGenericTableAvl(&t, i);
  CHECK(RtlIsGenericTableEmptyAvl(&t) && t.DepthOfTree == 0);
  return 0;
}
int testLists(void) {
  LIST_ENTRY head, e[3];
  SLIST_HEADER stack;
  SLIST_ENTRY s[2];
  KSPIN_LOCK lock = 0;
  InitializeListHead(&head);
  CHECK(IsListEmpty(&head));
  InsertTailList(&head, &e[0]);
  InsertTailList(&head, &e[1]);
  InsertHeadList(&head, &e[2]);
  CHECK(RemoveHeadList(&head) == &e[2] && RemoveTailList(&head) == &e[1] && RemoveEntryList(&e[0]) && IsListEmpty(&head));
  CHECK(ExInterlockedInsertTailList(&head, &e[0], &lock) == NULL && ExInterlockedRemoveHeadList(&head, &lock) == &e[0]);
  CHECK(ExInterlockedRemoveHeadList(&head, &lock) == NULL);
  InitializeSListHead(&stack);
  CHECK(InterlockedPushEntrySList(&stack, &s[0]) == NULL && InterlockedPushEntrySList(&stack, &s[1]) == &s[0] && QueryDepthSList(&stack) == 2);
  CHECK(InterlockedPopEntrySList(&stack) == &s[1] && InterlockedFlushSList(&stack) == &s[0] && InterlockedPopEntrySList(&stack) == NULL);
  return 0;
}
int removeTwice(void) {
  LIST_ENTRY head, a, b;
  InitializeListHead(&head);
  InsertTailList(&head, &a);
  InsertTailList(&head, &b);
  RemoveEntryList(&a);
  RemoveEntryList(&a);
  return 0;
}
int testBitmap(void) {
  ULONG bits[3] = {0};
  RTL_BITMAP map;
  RtlInitializeBitMap(&map, bits, 70);
  CHECK(RtlFindClearBitsAndSet(&map, 33, 0) == 0 && RtlFindClearBitsAndSet(&map, 5, 0) == 33 && RtlNumberOfSetBits(&map) == 38);
  RtlClearBits(&map, 10, 4);
  CHECK(RtlFindClearBits(&map, 4, 20) == 38 && RtlFindClearBits(&map, 4, 0) == 10 && RtlFindClearBits(&map, 60, 0) == 0xffffffff);
  CHECK(RtlAreBitsSet(&map, 14, 24) && !RtlAreBitsSet(&map, 13, 2) && RtlAreBitsClear(&map, 38, 32) && !RtlAreBitsClear(&map, 38, 33));
  CHECK(RtlTestBit(&map, 9) && RtlCheckBit(&map, 10) == 0 && RtlFindMostSignificantBit(1ull << 40) == 40 && RtlFindLeastSignificantBit(0) == -1);
  return 0;
}
int testInterlocked(void) {
  LONG n = 5;
  LONG64 wide = 1ll << 33;
  PVOID p = &n;
  CHECK(InterlockedIncrement(&n) == 6 && InterlockedDecrement(&n) == 5 && InterlockedExchange(&n, 9) == 5 && InterlockedExchangeAdd(&n, 3) == 9 && n == 12);
  CHECK(InterlockedCompareExchange(&n, 1, 11) == 12 && n == 12 && InterlockedCompareExchange(&n, 1, 12) == 12 && n == 1);
  CHECK(InterlockedOr(&n, 6) == 1 && InterlockedAnd(&n, 3) == 7 && n == 3 && InterlockedIncrement64(&wide) == (1ll << 33) + 1);
  CHECK(InterlockedExchangePointer(&p, NULL) == &n && p == NULL && InterlockedBitTestAndSet(&n, 4) == 0 && n == 19);
  return 0;
}
int testLookaside(void) {
  NPAGED_LOOKASIDE_LIST list;
  ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 40, 'tset', 0);
  PVOID a = ExAllocateFromNPagedLookasideList(&list), b = ExAllocateFromNPagedLookasideList(&list);
  CHECK(a && b && a != b);
  ExFreeToNPagedLookasideList(&list, a);
  ExFreeToNPagedLookasideList(&list, b);
  ExDeleteNPagedLookasideList(&list);
  return 0;
}
