/** A template turns typed data into subject, text and HTML. Pure. */
import { type Html, html } from '#mixins/html.ts';
import { messageOf } from '#schemas/text.ts';
import type { Language } from './format.ts';

export interface Rendered {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type RenderResult =
  | { readonly kind: 'rendered'; readonly rendered: Rendered }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Data that can't be rendered now never can be: an unknown day or currency, or data nested too deep
 * to be copied. So the mail is refused, and does not hold up others. Let `render` check its data
 * too.
 */
export function tryRender(render: () => Rendered): RenderResult {
  try {
    return { kind: 'rendered', rendered: render() };
  } catch (error) {
    return { kind: 'refused', reason: `invalid_data: ${messageOf(error)}` };
  }
}

export interface RenderContext {
  /** The name in the greeting; null for a greeting without a name. */
  readonly name: string | null;
  readonly language: Language;
  /** IANA name of the zone of the business days. */
  readonly timeZone: string;
}

export interface Template<Data> {
  /** fastest-validator rules of the data; strict. */
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * For how long after its request the mail is of use, in milliseconds, as its text says. Later it
   * can't be sent again. Default: for ever.
   */
  readonly validMs?: number;
  render(data: Data, context: RenderContext): Rendered;
}

/**
 * Stands in the texts of a mail for its secret. Only the transmitted mail has the secret, so the
 * queue, the history and lists have the mask.
 */
export const SECRET_MASK = '•••••-•••••-•••••-•••••';

/** The page has no external resources and no script, because mail clients differ too much. */
export function page(language: Language, title: string, body: Html): string {
  return html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${title}</title></head>
<body style="font-family: sans-serif; line-height: 1.5; color: #222; max-width: 40em; margin: 1em auto; padding: 0 1em">
${body}
</body>
</html>
`.html;
}

const GREETINGS: Readonly<Record<Language, (name: string | null) => string>> = {
  en: (name) => (name === null ? 'Hello,' : `Hello ${name},`),
  ru: (name) => (name === null ? 'Здравствуйте!' : `Здравствуйте, ${name}!`),
};

export function greeting({ language, name }: RenderContext): string {
  return GREETINGS[language](name);
}
