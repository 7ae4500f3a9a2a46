/** The code with which the owner of an account sets a new beak (AUTH-13). Pure. */
import { html } from '#mixins/html.ts';
import { login } from '#schemas/fields/auth.ts';
import type { Language } from '../mails/format.ts';
import { greeting, page, SECRET_MASK, type Template } from '../mails/template.ts';

export interface RecoveryData {
  readonly login: string;
}

interface Words {
  readonly subject: string;
  readonly asked: (login: string) => string;
  readonly code: string;
  readonly until: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: 'A code for a new beak',
    asked: (login) => `Somebody asked to set a new beak for the account ${login}.`,
    code: 'Your code:',
    until:
      'It is valid for one hour, and only once. If you did not ask for it, ignore this mail: your beak stays as it is.',
  },
  ru: {
    subject: 'Код для нового клюва',
    asked: (login) => `Кто-то попросил задать новый клюв для учётной записи ${login}.`,
    code: 'Ваш код:',
    until:
      'Он действует один час и только один раз. Если это были не вы, ничего не делайте: клюв не изменится.',
  },
};

const recovery: Template<RecoveryData> = {
  params: { $$strict: true, login },
  validMs: 3_600_000,
  render(data, context) {
    const words = WORDS[context.language];
    const lines = [words.asked(data.login), words.code, SECRET_MASK, words.until];
    const text = [greeting(context), ...lines].flatMap((line) => [line, '']).join('\n');
    const body = html`<p>${greeting(context)}</p>\n${lines.map((line) => html`<p>${line}</p>\n`)}`;
    return { subject: words.subject, text, html: page(context.language, words.subject, body) };
  },
};

export default recovery;
