/** `npm run soak` runs the long versions of some tests and wants to see figures. */
export const soaking = process.env.OWSK_SOAK === '1';

/** A figure for whoever watches a soak; silent in the tests. */
export const figure = (text: string): void => {
  if (soaking) process.stdout.write(`soak: ${text}\n`);
};
