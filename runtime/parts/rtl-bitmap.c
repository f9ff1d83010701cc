// Bitmaps: bit 0 is the least significant bit of the first ULONG.
#include "runtime.h"
#define NOT_FOUND 0xffffffffu
static int bit(PRTL_BITMAP map, ULONG i) {
  OWSK_READ(&map->Buffer[i / 32], 4);
  return map->Buffer[i / 32] >> (i % 32) & 1;
}
static void change(PRTL_BITMAP map, ULONG i, int value) {
  OWSK_WRITE(&map->Buffer[i / 32], 4);
  if (value) map->Buffer[i / 32] |= 1u << (i % 32);
  else map->Buffer[i / 32] &= ~(1u << (i % 32));
}
static void run(PRTL_BITMAP map, ULONG from, ULONG count, int value) {
  while (count--) change(map, from++, value);
}
static BOOLEAN are(PRTL_BITMAP map, ULONG from, ULONG count, int value) {
  if (from + count > map->SizeOfBitMap || from + count < from) return FALSE;
  while (count--)
    if (bit(map, from++) != value) return FALSE;
  return TRUE;
}
/* The first run at or after the hint, else the first from the start. */
static ULONG find(PRTL_BITMAP map, ULONG count, ULONG hint, int value) {
  ULONG size = map->SizeOfBitMap, length = 0;
  if (hint >= size) hint = 0;
  if (count == 0) return hint & ~7u;
  for (ULONG i = hint; i < size; i++)
    if ((length = bit(map, i) == value ? length + 1 : 0) == count) return i + 1 - count;
  return hint ? find(map, count, 0, value) : NOT_FOUND;
}
VOID NTAPI RtlInitializeBitMap(PRTL_BITMAP map, PULONG buffer, ULONG size) { map->SizeOfBitMap = size, map->Buffer = buffer; }
VOID NTAPI RtlClearAllBits(PRTL_BITMAP map) { memset(map->Buffer, 0, (map->SizeOfBitMap + 31) / 32 * 4); }
VOID NTAPI RtlSetAllBits(PRTL_BITMAP map) { memset(map->Buffer, 0xff, (map->SizeOfBitMap + 31) / 32 * 4); }
VOID NTAPI RtlSetBit(PRTL_BITMAP map, ULONG i) { change(map, i, 1); }
VOID NTAPI RtlClearBit(PRTL_BITMAP map, ULONG i) { change(map, i, 0); }
BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP map, ULONG i) { return (BOOLEAN)bit(map, i); }
VOID NTAPI RtlSetBits(PRTL_BITMAP map, ULONG from, ULONG count) { run(map, from, count, 1); }
VOID NTAPI RtlClearBits(PRTL_BITMAP map, ULONG from, ULONG count) { run(map, from, count, 0); }
BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP map, ULONG from, ULONG count) { return count ? are(map, from, count, 1) : FALSE; }
BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP map, ULONG from, ULONG count) { return count ? are(map, from, count, 0) : FALSE; }
ULONG NTAPI RtlFindClearBits(PRTL_BITMAP map, ULONG count, ULONG hint) { return find(map, count, hint, 0); }
ULONG NTAPI RtlFindSetBits(PRTL_BITMAP map, ULONG count, ULONG hint) { return find(map, count, hint, 1); }
ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP map, ULONG count, ULONG hint) {
  ULONG at = find(map, count, hint, 0);
  if (at != NOT_FOUND) run(map, at, count, 1);
  return at;
}
ULONG NTAPI RtlFindSetBitsAndClear(PRTL_BITMAP map, ULONG count, ULONG hint) {
  ULONG at = find(map, count, hint, 1);
  if (at != NOT_FOUND) run(map, at, count, 0);
  return at;
}
ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP map) {
  ULONG n = 0;
  for (ULONG i = 0; i < map->SizeOfBitMap; i++) n += (ULONG)bit(map, i);
  return n;
}
ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP map) { return map->SizeOfBitMap - RtlNumberOfSetBits(map); }
