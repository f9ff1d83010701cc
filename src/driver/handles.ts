/** The handles of one driver: multiples of 4, as in Windows, given out in order. */
export class Handles {
  private readonly objects = new Map<number, object>();
  private next = 0x8000_0004;

  open(object: object): number {
    const handle = this.next;
    this.next += 4;
    this.objects.set(handle, object);
    return handle;
  }

  find(handle: number): object | null {
    return this.objects.get(handle >>> 0) ?? null;
  }

  /** @returns whether there was such a handle */
  close(handle: number): boolean {
    return this.objects.delete(handle >>> 0);
  }

  /** Handles that were not closed. */
  get count(): number {
    return this.objects.size;
  }
}
