import { type Refuse, setting, type ValuesOf } from '../../settings.ts';

/** An inclusive range of whole units of the currency; `0 ≤ min ≤ max`. */
export interface UnitRange {
  readonly min: number;
  readonly max: number;
}

function parse(value: string, refuse: Refuse): UnitRange {
  const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(value);
  const range = { min: Number(match?.[1]), max: Number(match?.[2]) };
  if (match === null || range.min > range.max) {
    throw refuse('two whole numbers such as 10..20, the smaller one first');
  }
  return range;
}

const settings = {
  /** Fees, in whole units (ACC-1). */
  feeRange: setting({ variable: 'FEE_RANGE', default: { min: 10, max: 20 }, parse }),
  /** Rewards, in whole units (ACC-1). */
  rewardRange: setting({ variable: 'REWARD_RANGE', default: { min: 20, max: 40 }, parse }),
};

export default settings;

declare module '../../config.ts' {
  interface Config extends ValuesOf<typeof settings> {}
}
