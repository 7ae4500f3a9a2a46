/** The pages of the inbox. They allow no script, so no content of a mail can run as one. Pure. */
import { type Html, html } from '#mixins/html.ts';
import type { CaughtMail, WholeMail } from './inbox.ts';

export const STYLE = `body { font-family: sans-serif; line-height: 1.5; color: #222; max-width: 70em; margin: 1em auto; padding: 0 1em }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 0.3em 1em 0.3em 0; border-bottom: 1px solid #ddd }
iframe { width: 100%; height: 40em; border: 1px solid #ddd }
pre { white-space: pre-wrap; border: 1px solid #ddd; padding: 1em }
`;

function page(title: string, body: Html, head: Html = html``): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
${head}</head>
<body>
${body}
</body>
</html>
`.html;
}

/** The page reloads every few seconds to show new mails. */
const REFRESH = html`<meta http-equiv="refresh" content="5">
`;

export function inboxPage(mails: readonly CaughtMail[]): string {
  const rows = mails.map(
    ({ id, receivedAt, to, subject }) =>
      html`<tr><td>${receivedAt}</td><td>${to.join(', ')}</td><td><a href="/mails/${id}">${subject || '(no subject)'}</a></td></tr>\n`,
  );
  const table = html`<table>
<tr><th>Received</th><th>To</th><th>Subject</th></tr>
${rows}</table>`;
  const none = html`<p>No mail has come yet.</p>`;
  return page('Mails', html`<h1>Mails</h1>\n${mails.length === 0 ? none : table}`, REFRESH);
}

export function mailPage(mail: WholeMail): string {
  const { id, from, to, subject, messageId, receivedAt, text } = mail;
  const fields = [
    ['From', from],
    ['To', to.join(', ')],
    ['Received', receivedAt],
    ['Message-ID', messageId],
  ] as const;
  // Without any permission: no script, no form, no way out of its frame.
  const frame = html`<iframe sandbox="" src="/mails/${id}/html" title="HTML"></iframe>\n`;
  return page(
    subject,
    html`<p><a href="/">All mails</a></p>
<h1>${subject || '(no subject)'}</h1>
<table>
${fields.map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>\n`)}</table>
<h2>HTML</h2>
${mail.html === null ? html`<p>It has none.</p>\n` : frame}<h2>Text</h2>
${text === null ? html`<p>It has none.</p>` : html`<pre>${text}</pre>`}`,
  );
}

export function missingPage(): string {
  return page('Not found', html`<h1>There is no such page</h1>\n<p><a href="/">All mails</a></p>`);
}
