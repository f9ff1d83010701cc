// NTSTATUS values of ntstatus.h that only functions for C drivers give.
export const STATUS_OBJECT_TYPE_MISMATCH = 0xc0000024 | 0;
export const STATUS_INVALID_CID = 0xc000000b | 0;
export const STATUS_NO_SUCH_DEVICE = 0xc000000e | 0;
export const STATUS_NO_MORE_ENTRIES = 0x8000001a | 0;
export const STATUS_NOT_FOUND = 0xc0000225 | 0;
export const STATUS_AUTH_TAG_MISMATCH = 0xc000a002 | 0;
export const STATUS_KEY_DELETED = 0xc000017c | 0;
