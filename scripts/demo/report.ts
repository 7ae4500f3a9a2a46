/** The demo's final report: some figures, and where to look for more. */
import type { Item } from '#client';
import { dayAfter } from '#mixins/calendar.ts';
import { minorUnits } from '../../services/accounting/tasks/price.ts';
import type { DemoPlan } from './plan.ts';
import type { Outcome, Stage } from './play.ts';

export interface ReportOptions extends Stage {
  readonly plan: DemoPlan;
  readonly outcome: Outcome;
  /** The catcher's page, where it is known. */
  readonly inbox: string | null;
}

type CompanyDay = Item<'/accounting/company'>;

/** Lines for the terminal. */
export async function reportOf(options: ReportOptions): Promise<string[]> {
  const { admin, plan, outcome, firstDay, currency } = options;
  const lastDay = dayAfter(firstDay, plan.days.length - 1);
  const params = { query: { from: firstDay, to: lastDay } };
  const company = await Array.fromAsync(admin.items('/accounting/company', { params }));
  const { task } = await admin.get('/analytics/top-task', { params });
  const { belowZero } = await admin.get('/analytics/today');
  const money = moneyIn(currency);
  const sum = (figure: (day: CompanyDay) => number) =>
    money(company.reduce((total, day) => total + figure(day), 0));
  const logins = plan.people.map(({ login, roles }) => `${login} (${roles.join(', ')})`);
  return [
    `${plan.days.length} days are closed, ${firstDay} to ${lastDay}; the open business day is ${dayAfter(lastDay)}`,
    `${plan.people.length} people, ${outcome.made} tasks, ${outcome.done} of them done`,
    `the company made ${sum(({ result }) => result)} and paid out ${sum(({ payouts }) => payouts)}`,
    `the dearest task: ${task === null ? 'none' : `${task.title}, ${money(task.reward)}`}; below zero now: ${belowZero.count}`,
    '',
    `Look at it as ${options.adminLogin}, below ${options.api}:`,
    `  /analytics/days?from=${firstDay}&to=${lastDay}`,
    `  /analytics/days/${lastDay}/operations`,
    '  /accounting/accounts?below=0',
    '  /tasks?status=open',
    '  /analytics/reconciliation',
    '  /audit',
    ...(options.inbox === null ? [] : [`The mails are on ${options.inbox}`]),
    `Or sign in as one of them, all with the beak ${options.beak} (shown only this once): ${logins.slice(0, 4).join(', ')} …`,
  ];
}

/** Formats amounts in minor units for people. */
function moneyIn(currency: string): (minor: number) => string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  return (minor) => format.format(minor / minorUnits(currency)).replace(/\u00a0/g, ' ');
}
