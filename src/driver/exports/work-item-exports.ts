import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

/** Bytes of an IO_WORKITEM, which is opaque. */
const SIZE = 48;
/** WORK_QUEUE_ITEM (wdm.h). List.Flink is NULL while the item is not queued. */
const QueueItem = { Flink: 0, WorkerRoutine: 8, Parameter: 12, size: 16 } as const;

const queue = (guest: Guest, address: number, routine: number, context: number, withItem: boolean): void => {
  const call = withItem ? 'IoQueueWorkItemEx' : 'IoQueueWorkItem';
  const { workItems } = guest.executive;
  const item = workItems.at(address >>> 0, call);
  workItems.mustBeIdle(item.queued, 1, call);
  item.queued = true;
  const args = withItem ? [item.ioObject, context >>> 0, item.address] : [item.ioObject, context >>> 0];
  workItems.start(routine >>> 0, args, () => {
    item.queued = false;
  });
};

const uninitialize = (guest: Guest, address: number, call: string): void => {
  const { workItems } = guest.executive;
  workItems.mustBeIdle(workItems.at(address, call).queued, 0, call);
  workItems.items.delete(address);
};

/** Source: wdm.h reference, the functions of these names. */
export const workItemExports: ExportTable = {
  plain: {
    IoAllocateWorkItem: (guest: Guest, Device: number) => {
      guest.kernel.assertAlive();
      if (!guest.kernel.mayAllocate()) return 0;
      const address = guest.pool.allocate(SIZE, 'object', 'work item', false, guest.places.here());
      if (address !== 0) guest.executive.workItems.place(address, Device >>> 0, true);
      return address;
    },
    IoFreeWorkItem: (guest: Guest, Item: number) => {
      uninitialize(guest, Item >>> 0, 'IoFreeWorkItem');
      guest.pool.release(Item >>> 0, guest.places.here());
    },
    IoSizeofWorkItem: () => SIZE,
    IoInitializeWorkItem: (guest: Guest, IoObject: number, Item: number) => {
      guest.memory.check(Item >>> 0, SIZE, true, 'IoInitializeWorkItem');
      guest.executive.workItems.place(Item >>> 0, IoObject >>> 0, false);
    },
    IoUninitializeWorkItem: (guest: Guest, Item: number) => uninitialize(guest, Item >>> 0, 'IoUninitializeWorkItem'),
    IoQueueWorkItem: (guest: Guest, Item: number, Routine: number, _QueueType: number, Context: number) =>
      queue(guest, Item, Routine, Context, false),
    IoQueueWorkItemEx: (guest: Guest, Item: number, Routine: number, _QueueType: number, Context: number) =>
      queue(guest, Item, Routine, Context, true),
    IoTryQueueWorkItem: (guest: Guest, Item: number, Routine: number, _QueueType: number, Context: number) => {
      if (guest.executive.workItems.at(Item >>> 0, 'IoTryQueueWorkItem').queued) return false;
      queue(guest, Item, Routine, Context, true);
      return true;
    },
    ExQueueWorkItem: (guest: Guest, Item: number, _QueueType: number) => {
      const item = Item >>> 0;
      const { memory, executive } = guest;
      memory.check(item, QueueItem.size, true, 'ExQueueWorkItem');
      executive.workItems.mustBeIdle(memory.read32(item + QueueItem.Flink) !== 0, 1, 'ExQueueWorkItem');
      memory.write32(item + QueueItem.Flink, item);
      const routine = memory.readU32(item + QueueItem.WorkerRoutine);
      executive.workItems.start(routine, [memory.readU32(item + QueueItem.Parameter)], () =>
        memory.write32(item + QueueItem.Flink, 0),
      );
    },
  },
  waiting: {},
};
