import { type BugCheck, type Kernel, type KernelRoutine, KernelThread } from '../kernel/index.ts';

/**
 * Runs a kernel thread for the world of promises.
 * @param name of the thread, in traces
 * @param body makes the generator that is the thread
 * @returns what the body returns; rejects with what it throws, or with the BugCheck that stops the machine meanwhile
 */
export const runThread = <T>(kernel: Kernel, name: string, body: () => KernelRoutine<T>): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    if (kernel.crash !== null) {
      reject(kernel.crash);
      return;
    }
    const crashed = (crash: BugCheck): void => {
      reject(crash);
      kernel.executor.settled();
    };
    kernel.crashListeners.add(crashed);
    const thread = function* (): KernelRoutine<void> {
      try {
        resolve(yield* body());
      } catch (error) {
        reject(error);
      }
      kernel.crashListeners.delete(crashed);
      kernel.executor.settled();
    };
    new KernelThread(kernel, name, thread());
  });
