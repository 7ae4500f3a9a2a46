/** Reports that the beak or the e-mail address of an account changed (AUTH-9). Pure. */
import { html } from '#mixins/html.ts';
import { login } from '#schemas/fields/auth.ts';
import { optional, whole } from '#schemas/params.ts';
import { day, type Language, time } from '../mails/format.ts';
import { greeting, page, type Template } from '../mails/template.ts';

export interface AccountChangedData {
  readonly what: 'beak' | 'email';
  readonly login: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The address from which it was changed, if it is known. */
  readonly address?: string | undefined;
  /** The new e-mail address. */
  readonly email?: string | undefined;
}

interface Words {
  readonly subject: Readonly<Record<AccountChangedData['what'], string>>;
  readonly beak: (login: string) => string;
  readonly email: (login: string, email: string) => string;
  readonly when: (day: string, time: string, zone: string) => string;
  readonly from: (address: string) => string;
  readonly advice: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: { beak: 'Your beak was changed', email: 'Your e-mail address was changed' },
    beak: (login) => `The beak of your account ${login} was changed.`,
    email: (login, email) => `The e-mail address of your account ${login} is now ${email}.`,
    when: (on, at, zone) => `When: ${on}, ${at} (${zone})`,
    from: (address) => `From: ${address}`,
    advice: 'If this was neither you nor an admin at your request, tell an admin at once.',
  },
  ru: {
    subject: { beak: 'Ваш клюв изменён', email: 'Ваш адрес электронной почты изменён' },
    beak: (login) => `Клюв вашей учётной записи ${login} изменён.`,
    email: (login, email) => `Адрес электронной почты вашей учётной записи ${login} теперь ${email}.`,
    when: (on, at, zone) => `Когда: ${on}, ${at} (${zone})`,
    from: (address) => `Откуда: ${address}`,
    advice: 'Если это сделали не вы и не администратор по вашей просьбе, сразу сообщите администратору.',
  },
};

/** More than any address has. */
const MAX_LENGTH = 320;
const text = { type: 'string', min: 1, max: MAX_LENGTH } as const;

const accountChanged: Template<AccountChangedData> = {
  params: {
    $$strict: true,
    what: { type: 'enum', values: ['beak', 'email'] },
    login,
    at: whole(0),
    address: optional(text),
    email: optional(text),
  },
  render(data, context) {
    const { language, timeZone } = context;
    const words = WORDS[language];
    const subject = words.subject[data.what];
    const date = new Intl.DateTimeFormat('en-CA', { timeZone }).format(data.at);
    const lines = [
      data.what === 'beak' ? words.beak(data.login) : words.email(data.login, data.email ?? ''),
      words.when(day(language, date), time(language, data.at, timeZone), timeZone),
      ...(data.address === undefined ? [] : [words.from(data.address)]),
      words.advice,
    ];
    const body = html`<p>${greeting(context)}</p>\n${lines.map((line) => html`<p>${line}</p>\n`)}`;
    return {
      subject,
      text: [greeting(context), ...lines].flatMap((line) => [line, '']).join('\n'),
      html: page(language, subject, body),
    };
  },
};

export default accountChanged;
