/**
 * One turn of the event loop outside: all promise reactions that are due, and whatever they make due, run before it
 * ends. A message to oneself is the one way to ask for that in Node and in browsers alike.
 */
export const eventLoopTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.addEventListener('message', () => {
      port1.close();
      port2.close();
      resolve();
    });
    port2.start();
    port1.postMessage(null);
  });
