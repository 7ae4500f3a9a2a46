/** Previews and closes a business day. */
import type { Command, Printer } from '#mixins/repl/command.ts';
import { Refusal } from '#mixins/repl/explain.ts';
import type { DayView } from '../days/day-view.store.ts';
import { minorUnits } from '../tasks/price.ts';

export const day: Command = {
  command: 'day [day]',
  description: 'Show a business day (YYYY-MM-DD; default: today) and preview its close; changes nothing',
  place: 220,
  options: [
    {
      option: '--close',
      description: 'close it: pay every positive balance. The day must be given',
    },
  ],
  async run(cluster, { operands: [named], options }, print) {
    if (named !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(named)) {
      throw new Refusal(`${named} is no business day: YYYY-MM-DD`);
    }
    if (options.close === undefined) {
      const view = await cluster.ask<DayView>(
        'accounting',
        'days.preview',
        named === undefined ? {} : { day: named },
      );
      show(view, print);
      if (view.status === 'open')
        print.line(`Nothing was changed. To close it: day ${view.businessDay} --close`);
      return;
    }
    if (named === undefined) throw new Refusal('Name the day to close: day YYYY-MM-DD --close');
    const view = await cluster.act<DayView>('accounting', 'days.close', { day: named });
    show(view, print);
    if (view.status === 'closing')
      print.line(`Its payouts are still being booked. Check again: day ${named}`);
  },
};

function show(
  { businessDay, status, currency, payouts, totalPaid, carriedOver, head }: DayView,
  print: Printer,
): void {
  print.fields({
    'business day': businessDay,
    status,
    payouts,
    'total paid': money(totalPaid, currency),
    'debts carried over': money(carriedOver, currency),
    ...(head === null ? {} : { 'head of the seal': head }),
  });
}

/** Formats minor units for a person. */
function money(amount: number, currency: string): string {
  const units = minorUnits(currency);
  return `${(amount / units).toFixed(Math.round(Math.log10(units)))} ${currency}`;
}
