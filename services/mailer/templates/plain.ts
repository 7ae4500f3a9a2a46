/** Subject and text without changes. Pure. */
import { html } from '#mixins/html.ts';
import { line, text } from '#schemas/params.ts';
import { page, type Template } from '../mails/template.ts';

/** Maximum code points of a subject. Mail clients do not show longer ones. */
const MAX_SUBJECT_LENGTH = 250;
/** Maximum code points of a text. An event has at most 64 KiB, so a request never reaches this. */
const MAX_TEXT_LENGTH = 60_000;

export interface PlainData {
  readonly subject: string;
  readonly text: string;
}

const plain: Template<PlainData> = {
  params: {
    $$strict: true,
    subject: line(1, MAX_SUBJECT_LENGTH),
    text: text(MAX_TEXT_LENGTH, 1),
  },
  render({ subject, text }, { language }) {
    const lines = text.replace(/\r\n?/g, '\n');
    const paragraphs = lines
      .split(/\n{2,}/)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => {
        const [first = '', ...others] = paragraph.split('\n');
        return html`<p>${first}${others.map((other) => html`<br>${other}`)}</p>\n`;
      });
    return { subject, text: lines, html: page(language, subject, html`${paragraphs}`) };
  },
};

export default plain;
