/** Where C passes a pointer to a variable that the function writes (`SIZE_T *OutputSizeReturned`). */
export interface Ref<T> {
  value: T;
}

/** LARGE_INTEGER: a Number where it is exact, else a bigint (absolute times since 1601 need one). */
export type LARGE_INTEGER = number | bigint;

/** ULONG_PTR: a number, or the object that a pointer stands for. */
export type ULONG_PTR = number | object;
