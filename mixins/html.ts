/**
 * HTML in which text can't be taken for markup: whatever is put into `html` is escaped, unless it
 * was made by `html` itself. Pure.
 */

export interface Html {
  readonly html: string;
}

type Piece = string | number | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The tag of a template: the text around the pieces is markup, the pieces are not. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const made = strings.map((text, index) => (index === 0 ? text : `${render(pieces[index - 1])}${text}`));
  return { html: made.join('') };
}

function render(piece: Piece | undefined): string {
  if (piece === undefined) return '';
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece));
  return 'html' in piece ? piece.html : piece.map((each) => each.html).join('');
}
