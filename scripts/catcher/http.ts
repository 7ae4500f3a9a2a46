/** The inbox over HTTP, for people (`/`) and for tests (`/api/mails`), only on this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Inbox, MAILS_KEPT } from './inbox.ts';
import { inboxPage, mailPage, missingPage, STYLE } from './pages.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly policy?: string;
}

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
/** Only our style, and the frame that shows a mail. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A mail's own HTML has its own origin and styles, and loads nothing from elsewhere. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/** Resolves when it listens. Throws the error that prevents it. */
export async function serveHttp(inbox: Inbox, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answerTo(inbox, request).then(
      (answer) => send(response, request, answer),
      (error: unknown) => {
        console.error(error);
        send(response, request, { status: 500, type: 'text/plain', body: 'Something went wrong\n' });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function answerTo(inbox: Inbox, request: IncomingMessage): Promise<Answer> {
  const refused = refusal(request);
  if (refused !== null) return refused;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [root = '', ...parts] = url.pathname.split('/').slice(1);
  if (root === '' && parts.length === 0) return page(200, inboxPage(inbox.list()));
  if (root === 'style.css' && parts.length === 0) return { status: 200, type: 'text/css', body: STYLE };
  if (root === 'mails') return await mailAnswer(inbox, parts);
  if (root === 'api' && parts[0] === 'mails') return await apiAnswer(inbox, parts.slice(1), url.searchParams);
  return page(404, missingPage());
}

/** A foreign page whose name points to this machine must not read the mails. Its `Host` differs. */
function refusal({ method, headers, socket }: IncomingMessage): Answer | null {
  const plain = (status: number, body: string) => ({ status, type: 'text/plain', body: `${body}\n` });
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  if (!hosts.includes(headers.host ?? '')) return plain(403, `Ask for ${hosts[0]}`);
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'There is nothing to change here');
  return null;
}

async function mailAnswer(inbox: Inbox, [id = '', part, ...more]: readonly string[]): Promise<Answer> {
  const mail = more.length > 0 ? null : await inbox.read(id);
  if (mail !== null && part === undefined) return page(200, mailPage(mail));
  if (mail !== null && part === 'html' && mail.html !== null) {
    return { status: 200, type: HTML, body: mail.html, policy: MAIL_POLICY };
  }
  return page(404, missingPage());
}

async function apiAnswer(inbox: Inbox, parts: readonly string[], query: URLSearchParams): Promise<Answer> {
  const [id] = parts;
  if (id === undefined) {
    const limit = Number(query.get('limit') ?? MAILS_KEPT);
    return json(200, { items: inbox.list(query.get('to'), Number.isInteger(limit) ? limit : 0) });
  }
  const mail = parts.length > 1 ? null : await inbox.read(id);
  return mail === null ? json(404, { error: 'not_found' }) : json(200, mail);
}

const page = (status: number, body: string): Answer => ({ status, type: HTML, body });
const json = (status: number, data: unknown): Answer => ({
  status,
  type: JSON_TYPE,
  body: JSON.stringify(data),
});

function send(response: ServerResponse, { method }: IncomingMessage, answer: Answer): void {
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.body),
    'Content-Security-Policy': answer.policy ?? PAGE_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': answer.policy === undefined ? 'DENY' : 'SAMEORIGIN',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  response.end(method === 'HEAD' ? undefined : answer.body);
}
