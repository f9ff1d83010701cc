import { InvalidArgumentError } from 'commander';

/** A parser for an option that takes an integer between two bounds. */
export const integerOption =
  (name: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`${name} takes a whole number from ${least} to ${most}.`);
  };

/** A parser for an option that takes a number between two bounds. */
export const numberOption =
  (name: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`${name} takes a number from ${least} to ${most}.`);
  };
