import { describe, expect, it } from '@jest/globals';
import { html } from '#mixins/html.ts';
import { languageOf, money, plural, time } from '../mails/format.ts';
import type { RenderContext } from '../mails/template.ts';
import { renderRequest } from '../requests/render-request.ts';
import digest from './digest.ts';
import type { ListedOperation, PayoutData } from './payout.ts';
import payout from './payout.ts';
import plain from './plain.ts';

const ENGLISH: RenderContext = { name: 'Pip', language: 'en', timeZone: 'UTC' };
const RUSSIAN: RenderContext = { name: 'Пип', language: 'ru', timeZone: 'Europe/Moscow' };
const NOON = Date.UTC(2025, 2, 9, 12);

const operations: readonly ListedOperation[] = [
  { at: NOON, kind: 'fee', title: 'Wash the cage', externalId: 'POPUG-1', amount: -1_500 },
  { at: NOON + 65 * 60_000, kind: 'reward', title: 'Wash the cage', externalId: 'POPUG-1', amount: 3_050 },
  { at: NOON + 90 * 60_000, kind: 'adjustment', title: 'For the patience', externalId: null, amount: 700 },
  { at: NOON + 91 * 60_000, kind: 'bonus', title: null, externalId: null, amount: 123_456_700 },
];
const data: PayoutData = {
  businessDay: '2025-03-09',
  amount: 123_458_450,
  currency: 'USD',
  operations,
  more: 0,
  carriedOver: -500,
};

/** Makes the spaces of amounts visible. */
const visible = (text: string) => text.replaceAll('\u00a0', '~').replaceAll('\u202f', '^');

describe('the payout mail', () => {
  it('ACC-5: states the amount and lists the operations of the day, in English', () => {
    const mail = payout.render(data, ENGLISH);
    expect(mail.subject).toBe('Payout for March 9, 2025: $1,234,584.50');
    expect(mail.text.split('\n')).toEqual([
      'Hello Pip,',
      '',
      'You are paid $1,234,584.50 for March 9, 2025. Your balance is zero now.',
      '',
      'Your operations of the day:',
      '',
      '                -$5.00  Carried over from earlier days',
      '  12:00        -$15.00  Fee: [POPUG-1] Wash the cage',
      '  13:05         $30.50  Reward: [POPUG-1] Wash the cage',
      '  13:30          $7.00  Adjustment: For the patience',
      '  13:31  $1,234,567.00  bonus',
      '',
    ]);
    expect(mail.html).toMatchSnapshot();
  });

  it('ACC-5: the same in Russian, with the times of the business zone', () => {
    const mail = payout.render(data, RUSSIAN);
    expect(visible(mail.subject)).toBe('Выплата за 9 марта 2025 г.: 1~234~584,50~$');
    expect(visible(mail.text).split('\n')).toEqual([
      'Здравствуйте, Пип!',
      '',
      'За 9 марта 2025 г. вам выплачено 1~234~584,50~$. Ваш баланс теперь равен нулю.',
      '',
      'Ваши операции за день:',
      '',
      '                -5,00~$  Перенесено с предыдущих дней',
      '  15:00        -15,00~$  Списание: [POPUG-1] Wash the cage',
      '  16:05         30,50~$  Вознаграждение: [POPUG-1] Wash the cage',
      '  16:30          7,00~$  Корректировка: For the patience',
      '  16:31  1~234~567,00~$  bonus',
      '',
    ]);
    expect(mail.html).toMatchSnapshot();
  });

  it('states the number of operations that it does not list, and that there were none', () => {
    expect(payout.render({ ...data, more: 21 }, ENGLISH).text).toContain(
      'and 21 more operations: your statement lists all of them',
    );
    expect(payout.render({ ...data, more: 21 }, RUSSIAN).text).toContain('и ещё 21 операция: ');
    const nothing = payout.render({ ...data, operations: [], carriedOver: 0 }, ENGLISH);
    expect(nothing.text).toContain('There were no operations on that day.');
    expect(nothing.html).not.toContain('<table');
  });
});

describe('the digest', () => {
  const tasks = [
    { title: 'Wash the cage', externalId: 'POPUG-1' },
    { title: 'Feed <the> "parrots" & co', externalId: null },
  ];

  it('MAIL-4: names the tasks, and states how many more there are', () => {
    const mail = digest.render({ tasks, total: 5 }, ENGLISH);
    expect(mail.subject).toBe('After the shuffle: 5 tasks for you');
    expect(mail.text.split('\n')).toEqual([
      'Hello Pip,',
      '',
      'The open tasks were shuffled. 5 tasks are now yours:',
      '',
      '  - [POPUG-1] Wash the cage',
      '  - Feed <the> "parrots" & co',
      '  and 3 more: your list of tasks has all of them',
      '',
    ]);
    expect(mail.html).toMatchSnapshot();
  });

  it.each([
    [1, 'у вас 1 задача'],
    [2, 'у вас 2 задачи'],
    [5, 'у вас 5 задач'],
    [11, 'у вас 11 задач'],
    [21, 'у вас 21 задача'],
  ])('counts %d in Russian', (total, words) => {
    expect(digest.render({ tasks: tasks.slice(0, 1), total }, RUSSIAN).subject).toContain(words);
  });

  it('uses the singular for one task', () => {
    const mail = digest.render({ tasks: tasks.slice(0, 1), total: 1 }, ENGLISH);
    expect(mail.text).toContain('1 task is now yours');
    expect(mail.text).not.toContain('more');
    expect(digest.render({ tasks, total: 2 }, RUSSIAN).html).toMatchSnapshot();
  });
});

describe('a plain mail', () => {
  it('has the requested text, in paragraphs', () => {
    const mail = plain.render({ subject: 'Hi', text: 'One\r\ntwo\n\n<b>Three</b>\n' }, ENGLISH);
    expect(mail).toMatchObject({ subject: 'Hi', text: 'One\ntwo\n\n<b>Three</b>\n' });
    expect(mail.html).toContain('<p>One<br>two</p>\n<p>&lt;b&gt;Three&lt;/b&gt;<br></p>');
  });
});

describe('text in HTML', () => {
  it('is never markup', () => {
    const evil = `<script>alert('1')</script>"&`;
    const escaped = '&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;';
    expect(html`<p title="${evil}">${evil}${[html`<br>`]}${7}</p>`.html).toBe(
      `<p title="${escaped}">${escaped}<br>7</p>`,
    );
    const title = { title: evil, externalId: evil };
    const operation = { ...title, at: NOON, kind: evil, amount: 1 };
    const context = { ...ENGLISH, name: evil };
    for (const mail of [
      payout.render({ ...data, operations: [operation] }, context),
      digest.render({ tasks: [title], total: 1 }, context),
      plain.render({ subject: evil, text: evil }, context),
    ]) {
      expect(mail.html).not.toContain('<script');
    }
  });
});

describe('amounts and times', () => {
  it.each([
    [0, 'USD', '$0.00'],
    [5, 'USD', '$0.05'],
    [-5, 'USD', '-$0.05'],
    [1_234, 'JPY', '¥1,234'],
    [1_234, 'KWD', 'KWD~1.234'],
    [Number.MAX_SAFE_INTEGER, 'USD', '$90,071,992,547,409.91'],
  ])('%d of %s is %s', (amount, currency, text) => {
    expect(visible(money('en', amount, currency))).toBe(text);
  });

  it('are those of the zone, even if its clocks change', () => {
    const changes = Date.UTC(2025, 2, 30, 1);
    expect([time('en', changes - 1, 'Europe/Berlin'), time('en', changes, 'Europe/Berlin')]).toEqual([
      '01:59',
      '03:00',
    ]);
    expect(time('ru', Date.UTC(2025, 0, 1), 'UTC')).toBe('00:00');
  });

  it('counts have the forms of their language', () => {
    expect(plural('en', 1_000, { one: 'task', other: 'tasks' })).toBe('1,000 tasks');
  });

  it.each([
    ['ru', 'en', 'ru'],
    [null, 'ru', 'ru'],
    ['de', 'ru', 'ru'],
    ['de', 'fr', 'en'],
    [null, 'en', 'en'],
  ])('the language of %s with %s is %s', (locale, fallback, language) => {
    expect(languageOf(locale, fallback)).toBe(language);
  });
});

describe("a template for another service's request", () => {
  it('is rendered from matching data', () => {
    const result = renderRequest(
      'digest',
      { tasks: [{ title: 'Wash', externalId: null }], total: 1 },
      ENGLISH,
    );
    expect(result).toMatchObject({
      kind: 'rendered',
      rendered: { subject: 'After the shuffle: 1 task for you' },
    });
    expect(renderRequest('payout', { ...data, more: undefined }, ENGLISH).kind).toBe('rendered');
  });

  it.each<[string, object, RegExp]>([
    ['no-such', {}, /^unknown_template/],
    ['constructor', {}, /^unknown_template/],
    ['digest', {}, /^invalid_data: tasks/],
    ['digest', { tasks: [], total: 1, other: 1 }, /^invalid_data/],
    ['digest', { tasks: [{ title: 'a\nb', externalId: null }], total: 1 }, /^invalid_data: tasks\[0\].title/],
    ['payout', { ...data, currency: 'dollars' }, /^invalid_data: currency/],
    ['payout', { ...data, amount: 0.5 }, /^invalid_data: amount/],
    ['payout', { ...data, businessDay: '2025-02-31' }, /^invalid_data: There is no day/],
    ['payout', { ...data, businessDay: '2025-13-01' }, /^invalid_data/],
    ['plain', { subject: 'a\r\nBcc: all@popug.example', text: 'b' }, /^invalid_data: subject/],
    ['plain', { subject: ' ', text: 'b' }, /^invalid_data: subject/],
    ['plain', { subject: 'a', text: '' }, /^invalid_data: text/],
  ])('%s with %j is refused', (name, given, reason) => {
    const result = renderRequest(name, given, ENGLISH);
    expect(result).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
  });
});
