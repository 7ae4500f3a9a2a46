/**
 * The price of a task (ACC-1) is a function of a secret and the task's id. So it is the same
 * however often it is computed, and nobody can predict it without the secret.
 */

import { createHmac, type KeyObject } from 'node:crypto';
import { minorDigits } from '#mixins/currency.ts';
import type { Config } from '../../../config.ts';
import type { UnitRange } from '../settings.ts';

/** In minor units of the currency. */
export interface Price {
  readonly fee: number;
  readonly reward: number;
  readonly currency: string;
}

export interface PriceRule extends Pick<Config, 'feeRange' | 'rewardRange' | 'currency'> {
  /** Number of minor units in a whole unit. */
  readonly unit: number;
}

/** The configured rule. It is made once a batch, because looking up the minor units is slow. */
export function priceRule(config: Omit<PriceRule, 'unit'>): PriceRule {
  const { feeRange, rewardRange, currency } = config;
  return { feeRange, rewardRange, currency, unit: minorUnits(currency) };
}

const WORD_BYTES = 4;
const WORDS = 2 ** (8 * WORD_BYTES);

/** Fee and reward in whole units. Each is uniform in its range and independent of the other. */
export function priceOf(taskId: string, secret: KeyObject, rule: PriceRule): Price {
  const words = wordsOf(taskId, secret);
  const fee = rule.unit * uniform(rule.feeRange, words);
  const reward = rule.unit * uniform(rule.rewardRange, words);
  return { fee, reward, currency: rule.currency };
}

/** An endless sequence of uniform words: the HMACs of the id with a counter. */
function* wordsOf(taskId: string, secret: KeyObject): Generator<number, never> {
  for (let block = 0; ; block++) {
    const digest = createHmac('sha256', secret).update(`task/${taskId}/${block}`).digest();
    for (let offset = 0; offset < digest.length; offset += WORD_BYTES) yield digest.readUInt32BE(offset);
  }
}

/**
 * Takes words until one is below the largest multiple of the range's size. Remainders of larger
 * words would favour small numbers.
 */
export function uniform({ min, max }: UnitRange, words: Iterator<number, never>): number {
  const size = max - min + 1;
  const limit = WORDS - (WORDS % size);
  let word = words.next().value;
  while (word >= limit) word = words.next().value;
  return min + (word % size);
}

/**
 * The number of minor units in one whole unit of a currency: 100 for USD, 1 for JPY, 1000 for KWD.
 * Unknown currencies have 100. Amounts are kept in minor units.
 */
export function minorUnits(currency: string): number {
  return 10 ** minorDigits(currency);
}
