import { type Setting, setting, type ValuesOf } from '../../settings.ts';

/** An inclusive range of whole units of the currency; `0 ≤ min ≤ max`. */
export interface UnitRange {
  readonly min: number;
  readonly max: number;
}

function unitRange(declared: { readonly variable: string; readonly default: UnitRange }): Setting<UnitRange> {
  return setting<UnitRange>({
    ...declared,
    parse(value, refuse) {
      const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(value);
      const range = { min: Number(match?.[1]), max: Number(match?.[2]) };
      if (match === null || range.min > range.max) {
        throw refuse('two whole numbers such as 10..20, the smaller one first');
      }
      return range;
    },
  });
}

const settings = {
  /** Fees, in whole units (ACC-1). */
  feeRange: unitRange({ variable: 'FEE_RANGE', default: { min: 10, max: 20 } }),
  /** Rewards, in whole units (ACC-1). */
  rewardRange: unitRange({ variable: 'REWARD_RANGE', default: { min: 20, max: 40 } }),
};

export default settings;
type Values = ValuesOf<typeof settings>;

declare module '../../config.ts' {
  interface Config extends Values {}
}
