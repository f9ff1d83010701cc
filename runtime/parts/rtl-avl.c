// Generic tables as AVL trees. A node is RTL_BALANCED_LINKS followed by the caller's bytes, allocated by the caller's
// routine; BalancedRoot.RightChild is the tree's root, whose Parent is &BalancedRoot. Balance is the right subtree's height
// less the left one's.
#include "runtime.h"
typedef RTL_BALANCED_LINKS LINKS;
#define DATA(n) ((PVOID)((LINKS *)(n) + 1))
#define NODE(d) ((LINKS *)(d)-1)

static LINKS **slot(LINKS *n) { return n->Parent->LeftChild == n ? &n->Parent->LeftChild : &n->Parent->RightChild; }
/* Turns n towards `right`; its other child takes its place. */
static LINKS *rotate(LINKS *n, int right) {
  LINKS *up = right ? n->LeftChild : n->RightChild, *inner = right ? up->RightChild : up->LeftChild;
  *slot(n) = up;
  up->Parent = n->Parent;
  n->Parent = up;
  if (right) up->RightChild = n, n->LeftChild = inner;
  else up->LeftChild = n, n->RightChild = inner;
  if (inner) inner->Parent = n;
  return up;
}
/* n has a balance of +-2: after one or two rotations the subtree's new top; its balance is 0 unless the child's was 0. */
static LINKS *rebalance(LINKS *n) {
  int sign = n->Balance > 0 ? 1 : -1;
  LINKS *child = sign > 0 ? n->RightChild : n->LeftChild;
  if (child->Balance != -sign) {
    int even = child->Balance == 0;
    rotate(n, sign < 0);
    n->Balance = (CHAR)(even ? sign : 0);
    child->Balance = (CHAR)(even ? -sign : 0);
    return child;
  }
  LINKS *grand = sign > 0 ? child->LeftChild : child->RightChild;
  rotate(child, sign > 0);
  rotate(n, sign < 0);
  n->Balance = (CHAR)(grand->Balance == sign ? -sign : 0);
  child->Balance = (CHAR)(grand->Balance == -sign ? sign : 0);
  grand->Balance = 0;
  return grand;
}
static TABLE_SEARCH_RESULT search(PRTL_AVL_TABLE t, PVOID key, LINKS **at) {
  LINKS *n = t->BalancedRoot.RightChild;
  if (n == NULL) return TableEmptyTree;
  for (;;) {
    RTL_GENERIC_COMPARE_RESULTS order = t->CompareRoutine(t, key, DATA(n));
    LINKS *next = order == GenericLessThan ? n->LeftChild : n->RightChild;
    *at = n;
    if (order == GenericEqual) return TableFoundNode;
    if (next == NULL) return order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
    n = next;
  }
}
VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE t, PRTL_AVL_COMPARE_ROUTINE compare, PRTL_AVL_ALLOCATE_ROUTINE allocate,
                                        PRTL_AVL_FREE_ROUTINE release, PVOID context) {
  memset(t, 0, sizeof *t);
  t->BalancedRoot.Parent = &t->BalancedRoot;
  t->CompareRoutine = compare;
  t->AllocateRoutine = allocate;
  t->FreeRoutine = release;
  t->TableContext = context;
}
PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE t, PVOID buffer, CLONG size, PBOOLEAN isNew, PVOID nodeOrParent,
                                                TABLE_SEARCH_RESULT result) {
  LINKS *parent = nodeOrParent, *n;
  if (isNew) *isNew = (BOOLEAN)(result != TableFoundNode);
  if (result == TableFoundNode) return DATA(parent);
  n = t->AllocateRoutine(t, (CLONG)(size + (CLONG)sizeof(LINKS)));
  if (n == NULL) {
    if (isNew) *isNew = FALSE;
    return NULL;
  }
  memset(n, 0, sizeof *n);
  memcpy(DATA(n), buffer, (size_t)size);
  t->NumberGenericTableElements++;
  t->OrderedPointer = NULL;
  if (result == TableEmptyTree) parent = &t->BalancedRoot;
  if (result == TableInsertAsLeft) parent->LeftChild = n;
  else parent->RightChild = n;
  n->Parent = parent;
  for (LINKS *child = n; parent != &t->BalancedRoot; child = parent, parent = parent->Parent) {
    parent->Balance = (CHAR)(parent->Balance + (parent->RightChild == child ? 1 : -1));
    if (parent->Balance == 0) return DATA(n);
    if (parent->Balance == 2 || parent->Balance == -2) return rebalance(parent), DATA(n);
  }
  t->DepthOfTree++;
  return DATA(n);
}
PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE t, PVOID buffer, CLONG size, PBOOLEAN isNew) {
  LINKS *at = NULL;
  TABLE_SEARCH_RESULT result = search(t, buffer, &at);
  return RtlInsertElementGenericTableFullAvl(t, buffer, size, isNew, at, result);
}
static VOID exchange(LINKS *n, LINKS *next) { /* next is the successor of n, in its right subtree */
  LINKS copy = *next;
  *slot(n) = next;
  next->Parent = n->Parent;
  next->LeftChild = n->LeftChild;
  next->Balance = n->Balance;
  next->LeftChild->Parent = next;
  if (copy.Parent == n) next->RightChild = n, n->Parent = next;
  else {
    next->RightChild = n->RightChild;
    next->RightChild->Parent = next;
    copy.Parent->LeftChild = n;
    n->Parent = copy.Parent;
  }
  n->LeftChild = NULL;
  n->RightChild = copy.RightChild;
  n->Balance = copy.Balance;
  if (n->RightChild) n->RightChild->Parent = n;
}
VOID NTAPI RtlDeleteElementGenericTableAvlEx(PRTL_AVL_TABLE t, PVOID nodeOrParent) {
  LINKS *n = nodeOrParent, *next, *parent, *child;
  if (n->LeftChild && n->RightChild) {
    for (next = n->RightChild; next->LeftChild; next = next->LeftChild) continue;
    exchange(n, next);
  }
  parent = n->Parent;
  child = n->LeftChild ? n->LeftChild : n->RightChild;
  int left = parent->LeftChild == n && parent != &t->BalancedRoot;
  *slot(n) = child;
  if (child) child->Parent = parent;
  while (parent != &t->BalancedRoot) {
    parent->Balance = (CHAR)(parent->Balance + (left ? 1 : -1));
    if (parent->Balance == 1 || parent->Balance == -1) break;
    if (parent->Balance != 0) {
      parent = rebalance(parent);
      if (parent->Balance != 0) break;
    }
    left = parent->Parent->LeftChild == parent;
    parent = parent->Parent;
  }
  if (parent == &t->BalancedRoot) t->DepthOfTree--;
  t->NumberGenericTableElements--;
  t->DeleteCount++;
  t->OrderedPointer = NULL;
  t->FreeRoutine(t, n);
}
BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE t, PVOID buffer) {
  LINKS *at = NULL;
  if (search(t, buffer, &at) != TableFoundNode) return FALSE;
  if (t->RestartKey == at) t->RestartKey = NULL;
  return RtlDeleteElementGenericTableAvlEx(t, at), TRUE;
}
PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE t, PVOID buffer, PVOID *nodeOrParent, TABLE_SEARCH_RESULT *result) {
  LINKS *at = NULL;
  *result = search(t, buffer, &at);
  *nodeOrParent = at;
  return *result == TableFoundNode ? DATA(at) : NULL;
}
PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE t, PVOID buffer) {
  PVOID at;
  TABLE_SEARCH_RESULT result;
  return RtlLookupElementGenericTableFullAvl(t, buffer, &at, &result);
}
static LINKS *following(PRTL_AVL_TABLE t, LINKS *n) {
  if (n == NULL) n = t->BalancedRoot.RightChild;
  else if (n->RightChild) n = n->RightChild;
  else {
    for (; n->Parent != &t->BalancedRoot; n = n->Parent)
      if (n->Parent->LeftChild == n) return n->Parent;
    return NULL;
  }
  while (n && n->LeftChild) n = n->LeftChild;
  return n;
}
PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE t, PVOID *key) {
  LINKS *n = following(t, *key);
  if (n) *key = n;
  return n ? DATA(n) : NULL;
}
PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE t, BOOLEAN restart) {
  if (restart) t->RestartKey = NULL;
  return RtlEnumerateGenericTableWithoutSplayingAvl(t, &t->RestartKey);
}
PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE t, ULONG i) {
  LINKS *n = NULL;
  if (i >= t->NumberGenericTableElements) return NULL;
  for (n = following(t, NULL); i > 0; i--) n = following(t, n);
  return DATA(n);
}
ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE t) { return t->NumberGenericTableElements; }
BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE t) { return (BOOLEAN)(t->NumberGenericTableElements == 0); }
