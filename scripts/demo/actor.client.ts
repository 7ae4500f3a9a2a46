/** A signed-in client of the gateway, which retries as the gateway asks. */
import { randomUUID } from 'node:crypto';
import { LaunchError } from '../launcher/launch-error.ts';
import { type Answer, sendPatiently } from './request.client.ts';

/**
 * How long a request is retried while the system answers "later", or not at all, in milliseconds.
 */
const PATIENCE_MS = 60_000;

interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** The gateway refused something for good. */
export class RefusedError extends LaunchError {
  readonly status: number;
  readonly code: string;

  constructor(request: string, status: number, problem: Partial<Problem> | undefined) {
    const { code = '', detail = 'no problem that the gateway knows' } = problem ?? {};
    super(`${request}: ${status} ${code} (${detail})`);
    this.status = status;
    this.code = code;
  }
}

export interface Account {
  readonly login: string;
  readonly beak: string;
}

export class Actor {
  readonly login: string;
  readonly #api: string;
  readonly #beak: string;
  readonly #patienceMs: number;
  #token: Promise<string> | undefined;

  /** `api` as in `http://127.0.0.1:3000/api/v1`. */
  constructor(api: string, { login, beak }: Account, patienceMs = PATIENCE_MS) {
    this.login = login;
    this.#api = api;
    this.#beak = beak;
    this.#patienceMs = patienceMs;
  }

  /**
   * Throws `RefusedError` where the gateway refuses it for good, `LaunchError` where it does not
   * answer.
   */
  async get<Body>(path: string): Promise<Body> {
    return (await this.#ask('GET', path, {})) as Body;
  }

  /**
   * Takes effect once, also when it is sent again: each call has its own `Idempotency-Key`. Throws
   * as `get` does.
   */
  async post<Body>(path: string, body: object = {}): Promise<Body> {
    return (await this.#ask('POST', path, { 'idempotency-key': randomUUID() }, body)) as Body;
  }

  /** All items of a list. */
  async all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor = ''; ; ) {
      const query = `${path.includes('?') ? '&' : '?'}limit=200${cursor}`;
      const page = await this.get<{ items: Item[]; nextCursor: string | null }>(`${path}${query}`);
      items.push(...page.items);
      if (page.nextCursor === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  }

  /** Returns the token. Requests sign in themselves when there is none. Throws as `get` does. */
  signIn(): Promise<string> {
    this.#token ??= this.#newToken().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #newToken(): Promise<string> {
    const answer = await sendPatiently(
      {
        method: 'POST',
        url: `${this.#api}/auth/login`,
        headers: {},
        body: { login: this.login, beak: this.#beak },
      },
      this.#patienceMs,
    );
    return (bodyOf('POST /auth/login', answer) as { accessToken: string }).accessToken;
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<unknown> {
    for (let first = true; ; first = false) {
      const signing = this.signIn();
      const signed = { ...headers, authorization: `Bearer ${await signing}` };
      const answer = await sendPatiently(
        { method, url: `${this.#api}${path}`, headers: signed, body },
        this.#patienceMs,
      );
      if (answer.status !== 401 || !first) return bodyOf(`${method} ${path}`, answer);
      // Tokens live for ten minutes. Another request may have got a new one already.
      if (this.#token === signing) this.#token = undefined;
    }
  }
}

function bodyOf(request: string, { status, body }: Answer): unknown {
  if (status >= 200 && status < 300) return body;
  throw new RefusedError(request, status, body as Partial<Problem> | undefined);
}
