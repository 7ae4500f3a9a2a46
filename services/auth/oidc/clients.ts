/** The applications that people sign in to through us (OpenID Connect): `OIDC_CLIENTS`. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { parseJson } from '#schemas/text.ts';

export interface Client {
  readonly id: string;
  /** The name that the sign-in page shows. */
  readonly name: string;
  /** Null for a public client, which cannot keep a secret: an app, or a page with scripts. */
  readonly secret: string | null;
  /** The only addresses to which answers go, compared as text. */
  readonly redirectUris: readonly string[];
}

const ID = /^[A-Za-z0-9._~-]{1,100}$/;
/** Visible ASCII. A shorter secret could be guessed. */
const SECRET = /^[\x21-\x7e]{32,255}$/;
const MAX_NAME = 100;
const FIELDS = ['client_id', 'client_name', 'client_secret', 'redirect_uris'];

/**
 * Parses client metadata of RFC 7591: `client_id`, `redirect_uris`, and optionally `client_name`
 * and `client_secret`. Returns what is expected instead, where the text is wrong; it never has a
 * value.
 */
export function parseClients(text: string): readonly Client[] | string {
  const list = parseJson(text);
  if (!Array.isArray(list)) return 'a JSON list of clients: [{"client_id": …, "redirect_uris": […]}]';
  const clients = list.map(clientOf);
  const fault = clients.find((client) => typeof client === 'string');
  if (fault !== undefined) return fault;
  const valid = clients.filter((client) => typeof client !== 'string');
  const ids = new Set(valid.map(({ id }) => id));
  return ids.size === valid.length ? valid : 'a list in which each client_id occurs once';
}

function clientOf(value: unknown): Client | string {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { client_id: id, client_name: name = id, client_secret: secret = null, redirect_uris: uris } = fields;
  if (typeof id !== 'string' || !ID.test(id)) {
    return 'clients with a client_id of 1 to 100 letters, digits, dots, dashes, underscores or tildes';
  }
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return `clients with the fields ${FIELDS.join(', ')} only (${id})`;
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME) {
    return `clients with a client_name of 1 to ${MAX_NAME} characters (${id})`;
  }
  if (secret !== null && (typeof secret !== 'string' || !SECRET.test(secret))) {
    return `clients with a client_secret of 32 to 255 visible ASCII characters, or with none (${id})`;
  }
  if (!Array.isArray(uris) || uris.length === 0 || !uris.every(isRedirectUri)) {
    return `clients with redirect_uris: https, http on loopback, or an app's own scheme such as com.example.app:/ (${id})`;
  }
  return { id, name, secret, redirectUris: uris };
}

/** Plain http would show codes to everybody on the way, except to the person's own machine. */
function isRedirectUri(uri: unknown): uri is string {
  const url = typeof uri === 'string' && /^[\x21-\x7e]+$/.test(uri) ? URL.parse(uri) : null;
  if (url === null || url.hash !== '' || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  if (url.protocol === 'http:') return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  // The scheme of an app is a reversed domain (RFC 8252, 7.1), never `javascript:` or `data:`.
  return /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol);
}

export const findClient = (clients: readonly Client[], id: string | undefined): Client | undefined =>
  clients.find((client) => client.id === id);

/** How a client names itself at the token endpoint. */
export interface ClientCredentials {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

/**
 * The credentials in the header (`client_secret_basic`), else those in the form. Undefined where
 * they are malformed, or where a client uses both ways (RFC 6749, 2.3).
 */
export function credentialsIn(
  authorization: string | undefined,
  form: ClientCredentials,
): ClientCredentials | undefined {
  if (authorization === undefined) return form;
  const [, encoded] = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (id === undefined || secret === undefined || form.secret !== undefined) return undefined;
  const given = { id: formDecoded(id), secret: formDecoded(secret) };
  return form.id === undefined || form.id === given.id ? given : undefined;
}

/** RFC 6749, 2.3.1: both parts are form-encoded first. */
function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The client with these credentials. A public one has no secret; a wrong one gives undefined. */
export function authenticate(
  clients: readonly Client[],
  { id, secret }: ClientCredentials,
): Client | undefined {
  const client = findClient(clients, id);
  if (client === undefined) return undefined;
  if (client.secret === null) return secret === undefined ? client : undefined;
  const isRight = secret !== undefined && timingSafeEqual(digest(client.secret), digest(secret));
  return isRight ? client : undefined;
}
