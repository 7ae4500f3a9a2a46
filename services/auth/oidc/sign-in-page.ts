/** The pages that people see when they sign in to an application: HTML without scripts. Pure. */
import { createHash } from 'node:crypto';
import { LANGUAGES } from '#schemas/languages.ts';
import type { PageContent } from './messages.ts';

type Language = (typeof LANGUAGES)[number];

const TEXTS = {
  en: {
    title: 'Sign in',
    to: (client: string) => `To continue to ${client}`,
    login: 'Login',
    beak: 'Beak',
    submit: 'Sign in',
    wrong_credentials: 'Login or beak is wrong.',
    too_many_requests: 'Too many attempts. Wait a minute, then try again.',
    beak_change_required: 'You must choose a new beak first, where you sign in to this system itself.',
    unavailable: 'Signing in is not possible right now. Try again, or ask an admin.',
    broken: 'This link does not work',
    client: 'The application is not known here. Ask whoever runs it.',
    redirect: 'The application asked for an answer at an address that is not its own. Ask whoever runs it.',
    foreign: 'The form was sent by another site. Go back to the application, and sign in from there.',
  },
  ru: {
    title: 'Вход',
    to: (client: string) => `Чтобы продолжить в «${client}»`,
    login: 'Логин',
    beak: 'Клюв',
    submit: 'Войти',
    wrong_credentials: 'Неверный логин или клюв.',
    too_many_requests: 'Слишком много попыток. Подождите минуту и попробуйте снова.',
    beak_change_required: 'Сначала смените клюв — там, где вы входите в саму систему.',
    unavailable: 'Сейчас войти нельзя. Попробуйте ещё раз или обратитесь к администратору.',
    broken: 'Ссылка не работает',
    client: 'Это приложение здесь неизвестно. Обратитесь к его владельцу.',
    redirect: 'Приложение просит ответ на чужой адрес. Обратитесь к его владельцу.',
    foreign: 'Форму отправил другой сайт. Вернитесь в приложение и войдите оттуда.',
  },
} as const satisfies Record<Language, object>;

/** Why a sign-in on the page failed. */
export type SignInFault = 'wrong_credentials' | 'too_many_requests' | 'beak_change_required' | 'unavailable';
export type PageFault = 'client' | 'redirect' | 'foreign';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:20rem;margin:10vh auto;padding:0 1rem}' +
  'label,input,button{display:block;width:100%;box-sizing:border-box}' +
  'input,button{font:inherit;padding:.5rem;margin:.25rem 0 1rem}' +
  '[role=alert]{border-left:.25rem solid #b00020;padding-left:.75rem}';
const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (each) => ESCAPES[each] ?? '');

/** The first language that the person reads and we write: `ui_locales`, then `Accept-Language`. */
export function languageOf(wanted: readonly (string | undefined)[], fallback: string): Language {
  const codes = wanted
    .flatMap((text) => (text ?? '').split(/[\s,]+/))
    .map((code) => code.split(/[-_;]/, 1)[0]?.toLowerCase() ?? '');
  return [...codes, fallback].map(knownLanguage).find((language) => language !== undefined) ?? 'en';
}

const knownLanguage = (code: string): Language | undefined => LANGUAGES.find((language) => language === code);

const document = (language: Language, title: string, body: string): string =>
  `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>` +
  `<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>` +
  `<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;

export interface SignInPage {
  readonly language: Language;
  readonly client: string;
  /** The path that the form is sent to. */
  readonly action: string;
  /** The params of the request, which the form sends again. */
  readonly hidden: Readonly<Record<string, string | undefined>>;
  readonly login: string;
  readonly fault: SignInFault | null;
  /** Where the person goes after signing in. */
  readonly redirectUri: string;
}

export function signInPage({
  language,
  client,
  action,
  hidden,
  login,
  fault,
  redirectUri,
}: SignInPage): PageContent {
  const texts = TEXTS[language];
  const inputs = Object.entries(hidden)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`);
  const alert = fault === null ? '' : `<p role="alert">${escapeHtml(texts[fault])}</p>`;
  const html = document(
    language,
    texts.title,
    `<p>${escapeHtml(texts.to(client))}</p>${alert}<form method="post" action="${escapeHtml(action)}">${inputs.join('')}` +
      `<label for="login">${texts.login}</label>` +
      `<input id="login" name="login" value="${escapeHtml(login)}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>` +
      `<label for="beak">${texts.beak}</label>` +
      `<input id="beak" name="beak" type="password" autocomplete="current-password" required>` +
      `<button>${texts.submit}</button></form>`,
  );
  return { html, styleHash: STYLE_HASH, formTargets: ["'self'", targetOf(redirectUri)] };
}

/**
 * Some browsers also apply `form-action` to the redirect that follows. They ignore a source with an
 * IPv6 address, so its scheme must do.
 */
function targetOf(redirectUri: string): string {
  const { origin, protocol, hostname } = new URL(redirectUri);
  return origin === 'null' || hostname.startsWith('[') ? protocol : origin;
}

export function faultPage(language: Language, fault: PageFault): PageContent {
  const texts = TEXTS[language];
  const html = document(language, texts.broken, `<p>${escapeHtml(texts[fault])}</p>`);
  return { html, styleHash: STYLE_HASH, formTargets: [] };
}
