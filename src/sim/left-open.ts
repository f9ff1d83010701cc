import { Choices } from './vary/choices.ts';
import { type VariedMachine, variedMachine } from './vary/varied-machine.ts';

const ASPECTS = new Set(['order', 'switch', 'inline'] as const);

/** A machine on which the seed decides what the contract leaves open, and nothing else. */
export const leftOpen = (seed: number): VariedMachine =>
  variedMachine(new Choices({ seed, aspects: ASPECTS, lively: true }));
