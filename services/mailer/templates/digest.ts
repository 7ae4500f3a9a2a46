/** The digest after a shuffle (MAIL-4): the tasks that an employee got. Pure. */
import { html } from '#mixins/html.ts';
import { line, whole } from '#schemas/params.ts';
import { type Language, plural, titled } from '../mails/format.ts';
import { greeting, page, type Template } from '../mails/template.ts';

/** Maximum number of tasks listed in a digest. Further ones are only counted. */
export const MAX_TASKS_LISTED = 50;
const MAX_TITLE_LENGTH = 1_000;

export interface ListedTask {
  readonly title: string;
  readonly externalId: string | null;
}

export interface DigestData {
  readonly tasks: readonly ListedTask[];
  /**
   * Number of tasks drawn for the employee, listed or not. It is at least the number of listed
   * ones.
   */
  readonly total: number;
}

interface Words {
  readonly subject: (count: number) => string;
  readonly drawn: (count: number) => string;
  readonly more: (count: number) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: (count) => `After the shuffle: ${plural('en', count, { one: 'task', other: 'tasks' })} for you`,
    drawn: (count) =>
      `The open tasks were shuffled. ${plural('en', count, { one: 'task is', other: 'tasks are' })} now yours:`,
    more: (count) =>
      `and ${plural('en', count, { one: 'more', other: 'more' })}: your list of tasks has all of them`,
  },
  ru: {
    subject: (count) =>
      `Задачи перемешаны: у вас ${plural('ru', count, { one: 'задача', few: 'задачи', many: 'задач' })}`,
    drawn: (count) =>
      `Открытые задачи перемешаны. Теперь у вас ${plural('ru', count, { one: 'задача', few: 'задачи', many: 'задач' })}:`,
    more: (count) =>
      `и ещё ${plural('ru', count, { one: 'задача', few: 'задачи', many: 'задач' })}: все они есть в вашем списке задач`,
  },
};

const digest: Template<DigestData> = {
  params: {
    $$strict: true,
    tasks: {
      type: 'array',
      max: MAX_TASKS_LISTED,
      items: {
        type: 'object',
        strict: true,
        props: {
          title: line(1, MAX_TITLE_LENGTH),
          externalId: { ...line(1, MAX_TITLE_LENGTH), nullable: true },
        },
      },
    },
    total: whole(1),
  },
  render({ tasks, total }, context) {
    const words = WORDS[context.language];
    const subject = words.subject(total);
    const more = total > tasks.length ? words.more(total - tasks.length) : null;
    const titles = tasks.map(titled);
    const text = [
      greeting(context),
      '',
      words.drawn(total),
      '',
      ...titles.map((title) => `  - ${title}`),
      ...(more === null ? [] : [`  ${more}`]),
      '',
    ].join('\n');
    const body = html`<p>${greeting(context)}</p>
<p>${words.drawn(total)}</p>
<ul>
${titles.map((title) => html`<li>${title}</li>\n`)}</ul>
${more === null ? html`` : html`<p>${more}</p>\n`}`;
    return { subject, text, html: page(context.language, subject, body) };
  },
};

export default digest;
