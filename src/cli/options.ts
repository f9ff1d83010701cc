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

/** Gathers an option that may be given again. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

const units: Record<string, number> = { '': 1, K: 1024, M: 1024 * 1024, G: 1024 * 1024 * 1024 };

/** A parser for a size in bytes, or with K, M or G. */
export const sizeOption =
  (name: string) =>
  (text: string): number => {
    const [, digits, unit] = /^(\d+)([KMG]?)$/i.exec(text) ?? [];
    if (digits !== undefined) return Number(digits) * units[unit.toUpperCase()];
    throw new InvalidArgumentError(`${name} takes a size: 16M, 512K, or bytes.`);
  };
