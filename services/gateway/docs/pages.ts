/**
 * The pages below `/docs`: the reference, and a page about each problem. They have no inline
 * scripts and styles, so that a strict policy can refuse these. Pure.
 */
import { type Html, html } from '#mixins/html.ts';
import { ERRORS, type ErrorCode, type ErrorDefinition } from '#schemas/errors.ts';
import { helpPath } from '../requests/problem.ts';

/** Allows nothing but files of this host. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];
/** For pages without scripts. */
export const PLAIN_POLICY = POLICY.join('; ');
/** The reference reads the document, and sends the requests that its readers try. */
export const REFERENCE_POLICY = [...POLICY, "script-src 'self'", "connect-src 'self'"].join('; ');

/** The paths of the files that the pages use. */
export interface AssetPaths {
  readonly style: string;
  readonly libraryStyle: string;
  readonly library: string;
  readonly start: string;
  readonly icon: string;
}

/** The style of the pages beside that of the library. */
export const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1c1f23; background: #fff; }
nav, main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
nav a { margin-right: 1rem; }
dt { font-weight: 600; margin-top: 1rem; }
dd { margin: 0; }
code { background: #f1f2f4; padding: 0.1em 0.3em; border-radius: 3px; }
`;

/** The icon of the pages. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="6" fill="#2456d6"/></svg>`;

/** Starts the library. The markup is in another file, because the policy refuses inline scripts. */
export const START = `SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('reference'),
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  // The public validator is another host.
  validatorUrl: null,
});
`;

function page(title: string, icon: string, styles: readonly string[], body: Html): string {
  const links = styles.map((path) => html`<link rel="stylesheet" href="${path}">`);
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="${icon}">
${links}
</head>
<body>
<nav><a href="/docs">Reference</a> <a href="/docs/problems">Problems</a> <a href="/openapi.json">OpenAPI</a> <a href="/asyncapi.json">AsyncAPI</a></nav>
${body}
</body>
</html>
`.html
  }`;
}

/** `/docs` */
export function referencePage(title: string, paths: AssetPaths): string {
  const { style, libraryStyle, library, start, icon } = paths;
  return page(
    title,
    icon,
    [libraryStyle, style],
    html`<div id="reference"><noscript>The reference needs scripts. The description is at <a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="${library}"></script>
<script src="${start}"></script>`,
  );
}

/** The files of a page without scripts. */
type PlainPaths = Pick<AssetPaths, 'style' | 'icon'>;

/** `/docs/problems` */
export function problemsPage({ style, icon }: PlainPaths): string {
  const rows = (Object.entries(ERRORS) as [ErrorCode, ErrorDefinition][]).map(
    ([code, { status, title }]) =>
      html`<dt>${status} <a href="${helpPath(code)}"><code>${code}</code></a></dt><dd>${title}</dd>\n`,
  );
  return page('Problems', icon, [style], html`<main><h1>Problems</h1>\n<dl>\n${rows}</dl></main>`);
}

/** `/docs/problems/<code>` */
export function problemPage(code: ErrorCode, { style, icon }: PlainPaths): string {
  const { status, title, meaning, remedy } = ERRORS[code];
  return page(
    `${code}: ${title}`,
    icon,
    [style],
    html`<main><h1>${title}</h1>
<dl>
<dt>Code</dt><dd><code>${code}</code></dd>
<dt>Status</dt><dd>${status}</dd>
<dt>What it means</dt><dd>${marked(meaning)}</dd>
<dt>What to do</dt><dd>${marked(remedy)}</dd>
<dt>May the same request be repeated?</dt><dd>${marked(retryText(code))}</dd>
</dl></main>`,
  );
}

function retryText(code: ErrorCode): string {
  if (code === 'outcome_unknown') {
    return 'As `retry` in the problem says: `same_idempotency_key` only if the request had an `Idempotency-Key`, `same_request` in any case. Otherwise it may be carried out twice.';
  }
  return ERRORS[code].retryable === true
    ? 'Yes. It may succeed later, after the seconds in `Retry-After` if the answer has that header.'
    : 'No. Without a change it will be refused again.';
}

/** Text with `code` in backticks. */
function marked(text: string): Html[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
