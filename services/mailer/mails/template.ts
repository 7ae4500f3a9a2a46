/** What a template is: typed data in, subject, text and HTML out. Pure. */

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
 * Data that can't be rendered (an unknown day or currency, data nested too deep to be copied) never will be. The refusal keeps them from
 * stopping other mails. Checks of the data belong into `render` as well.
 */
export function tryRender(render: () => Rendered): RenderResult {
  try {
    return { kind: 'rendered', rendered: render() };
  } catch (error) {
    return { kind: 'refused', reason: `invalid_data: ${messageOf(error)}` };
  }
}

export interface RenderContext {
  /** Whom the mail greets; null: nobody by name. */
  readonly name: string | null;
  readonly language: Language;
  /** IANA name of the zone of the business days. */
  readonly timeZone: string;
}

export interface Template<Data> {
  /** fastest-validator rules of its data; strict. */
  readonly params: Readonly<Record<string, unknown>>;
  render(data: Data, context: RenderContext): Rendered;
}

/** Nothing from elsewhere, no script: a mail is read in places that nobody foresees. */
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
