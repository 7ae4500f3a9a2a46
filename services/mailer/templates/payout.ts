/** The payout mail (ACC-5): the amount, and the day's operations. Pure. */
import { type Html, html } from '#mixins/html.ts';
import { businessDay, line, whole } from '#schemas/params.ts';
import { day, type Language, money, plural, time, titled } from '../mails/format.ts';
import { greeting, page, type RenderContext, type Template } from '../mails/template.ts';

/**
 * Maximum number of lines in a mail. A longer mail would be large and unreadable; the statement has
 * all lines.
 */
export const MAX_OPERATIONS_LISTED = 1_000;
const MAX_TITLE_LENGTH = 1_000;

export interface ListedOperation {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `fee`, `reward`, or the kind of another posting. */
  readonly kind: string;
  readonly title: string | null;
  readonly externalId: string | null;
  /** Signed for the employee, in minor units. */
  readonly amount: number;
}

export interface PayoutData {
  /** `YYYY-MM-DD` */
  readonly businessDay: string;
  /** Positive, in minor units. */
  readonly amount: number;
  readonly currency: string;
  /** In order of time. */
  readonly operations: readonly ListedOperation[];
  /** Number of operations of the day that are not listed. */
  readonly more: number;
  /** The balance at the beginning of the day. It completes the sum of the operations. */
  readonly carriedOver: number;
}

interface Words {
  readonly subject: (day: string, amount: string) => string;
  readonly paid: (day: string, amount: string) => string;
  readonly operations: string;
  readonly none: string;
  readonly carriedOver: string;
  readonly more: (count: number) => string;
  readonly paidOut: string;
  readonly kinds: Readonly<Record<string, string>>;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: (on, amount) => `Payout for ${on}: ${amount}`,
    paid: (on, amount) => `You are paid ${amount} for ${on}. Your balance is zero now.`,
    operations: 'Your operations of the day',
    none: 'There were no operations on that day.',
    carriedOver: 'Carried over from earlier days',
    more: (count) =>
      `and ${plural('en', count, { one: 'more operation', other: 'more operations' })}: your statement lists all of them`,
    paidOut: 'Paid out',
    kinds: { fee: 'Fee', reward: 'Reward', adjustment: 'Adjustment' },
  },
  ru: {
    subject: (on, amount) => `Выплата за ${on}: ${amount}`,
    paid: (on, amount) => `За ${on} вам выплачено ${amount}. Ваш баланс теперь равен нулю.`,
    operations: 'Ваши операции за день',
    none: 'В этот день операций не было.',
    carriedOver: 'Перенесено с предыдущих дней',
    more: (count) =>
      `и ещё ${plural('ru', count, { one: 'операция', few: 'операции', many: 'операций' })}: все они есть в вашей выписке`,
    paidOut: 'Выплачено',
    kinds: { fee: 'Списание', reward: 'Вознаграждение', adjustment: 'Корректировка' },
  },
};

interface Row {
  readonly at: string;
  readonly amount: string;
  readonly what: string;
}

const payout: Template<PayoutData> = {
  params: {
    $$strict: true,
    businessDay: businessDay(),
    amount: whole(1),
    currency: { type: 'string', pattern: /^[A-Z]{3}$/ },
    operations: {
      type: 'array',
      max: MAX_OPERATIONS_LISTED,
      items: {
        type: 'object',
        strict: true,
        props: {
          at: whole(0, 8.64e15),
          kind: line(1, 100),
          title: { ...line(1, MAX_TITLE_LENGTH), nullable: true },
          externalId: { ...line(1, MAX_TITLE_LENGTH), nullable: true },
          amount: whole(Number.MIN_SAFE_INTEGER),
        },
      },
    },
    more: { ...whole(0), default: 0 },
    carriedOver: { ...whole(Number.MIN_SAFE_INTEGER), default: 0 },
  },
  render(data, context) {
    const words = WORDS[context.language];
    const on = day(context.language, data.businessDay);
    const amount = money(context.language, data.amount, data.currency);
    const subject = words.subject(on, amount);
    const paid = words.paid(on, amount);
    const rows = rowsOf(data, words, context);
    const more = data.more > 0 ? words.more(data.more) : null;
    const total: Row = { at: '', amount, what: words.paidOut };
    const text = [
      greeting(context),
      '',
      paid,
      '',
      ...(rows.length === 0 && more === null ? [words.none] : [`${words.operations}:`, '']),
      ...aligned(rows),
      ...(more === null ? [] : [`  ${more}`]),
      '',
    ].join('\n');
    const table = rows.length === 0 ? html`` : tableOf([...rows, total]);
    const heading =
      rows.length === 0 && more === null
        ? html`<p>${words.none}</p>`
        : html`<h2 style="font-size: 1.1em">${words.operations}</h2>`;
    const body = html`<p>${greeting(context)}</p>
<p>${paid}</p>
${heading}
${table}${more === null ? html`` : html`<p>${more}</p>\n`}`;
    return { subject, text, html: page(context.language, subject, body) };
  },
};

export default payout;

function rowsOf(data: PayoutData, words: Words, { language, timeZone }: RenderContext): Row[] {
  const carried = {
    at: '',
    amount: money(language, data.carriedOver, data.currency),
    what: words.carriedOver,
  };
  const operations = data.operations.map((operation) => {
    const kind = words.kinds[operation.kind] ?? operation.kind;
    const title = operation.title === null ? null : titled({ ...operation, title: operation.title });
    return {
      at: time(language, operation.at, timeZone),
      amount: money(language, operation.amount, data.currency),
      what: title === null ? kind : `${kind}: ${title}`,
    };
  });
  return data.carriedOver === 0 ? operations : [carried, ...operations];
}

function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(({ amount }) => amount.length));
  return rows.map(({ at, amount, what }) => `  ${at.padEnd(5)}  ${amount.padStart(width)}  ${what}`);
}

function tableOf(rows: readonly Row[]): Html {
  const cell = 'padding: 0.1em 1em 0.1em 0; vertical-align: top';
  return html`<table style="border-collapse: collapse">
${rows.map(
  ({ at, amount, what }) =>
    html`<tr><td style="${cell}">${at}</td><td style="${cell}; text-align: right; white-space: nowrap">${amount}</td><td style="${cell}">${what}</td></tr>\n`,
)}</table>
`;
}
