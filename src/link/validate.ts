import { OpenWskError } from '../base/index.ts';

export const requireInteger = (field: string, value: unknown, least: number, most: number, unit: string): void => {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw wrong(field, value, `a whole number of ${unit} from ${least} to ${most}`);
  }
};

export const requireProbability = (field: string, value: unknown): void => {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw wrong(field, value, 'a probability from 0 to 1');
};

export const wrong = (field: string, value: unknown, want: string): OpenWskError =>
  new OpenWskError('OWSK_INVALID_SETTING', `${field} is ${String(value)}; give ${want}`, field);
