/** Somebody who is signed in and asks the gateway, as patiently as it wants its clients to be. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from '../launcher/launch-error.ts';

/** How long a request is sent again while the system says "later", or nothing, in milliseconds. */
const PATIENCE_MS = 60_000;
/** An answer takes at most this long, in milliseconds; the gateway gives up on a service after 5 s. */
const ANSWER_WITHIN_MS = 15_000;
/** Pause before the next attempt where the answer names none, in milliseconds. */
const PAUSE_MS = 200;
/** What may be done in a moment, besides 429 and 503: somebody to assign to becomes known, a request of ours still runs. */
const PASSING_CODES = ['nobody_assignable', 'idempotency_key_in_use'];

interface Problem {
  readonly code: string;
  readonly detail: string;
}

interface Answer {
  readonly status: number;
  /** Seconds; null where the answer has no `Retry-After`. */
  readonly retryAfter: number | null;
  readonly body: unknown;
}

/** The gateway refused something for good. */
export class RefusedError extends LaunchError {
  readonly status: number;
  readonly code: string;

  constructor(request: string, status: number, { code, detail }: Partial<Problem>) {
    super(`${request}: ${status} ${code ?? ''} (${detail ?? 'no more is known'})`);
    this.status = status;
    this.code = code ?? '';
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

  /** Throws `RefusedError` where the gateway refuses it for good, `LaunchError` where it does not answer. */
  async get<Body>(path: string): Promise<Body> {
    return (await this.#ask('GET', path)) as Body;
  }

  /** Done once, however often it has to be sent: each call has an `Idempotency-Key` of its own. Throws as `get` does. */
  async post<Body>(path: string, body: object = {}): Promise<Body> {
    return (await this.#ask('POST', path, body)) as Body;
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

  /** Gets a token where there is none; any request does so by itself. */
  async signIn(): Promise<string> {
    this.#token ??= (async () => {
      const account = { login: this.login, beak: this.#beak };
      const answer = await this.#patiently('POST', '/auth/login', account, {});
      return (bodyOf('POST /auth/login', answer) as { accessToken: string }).accessToken;
    })();
    try {
      return await this.#token;
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const key: Record<string, string> = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
    const signed = async () =>
      this.#patiently(method, path, body, { ...key, authorization: `Bearer ${await this.signIn()}` });
    let answer = await signed();
    if (answer.status === 401) {
      // Tokens live for ten minutes.
      this.#token = undefined;
      answer = await signed();
    }
    return bodyOf(`${method} ${path}`, answer);
  }

  async #patiently(
    method: string,
    path: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const until = performance.now() + this.#patienceMs;
    for (;;) {
      const answer = await this.#once(method, path, body, headers);
      const late = performance.now() >= until;
      if (answer instanceof Error) {
        if (late)
          throw new LaunchError(`${this.#api} does not answer: ${reasonOf(answer)}`, { cause: answer });
        await delay(PAUSE_MS);
      } else if (late || !passes(answer)) {
        return answer;
      } else {
        await delay(answer.retryAfter === null ? PAUSE_MS : answer.retryAfter * 1_000);
      }
    }
  }

  /** An error where there was no whole answer: whether the request was carried out is then unknown. */
  async #once(
    method: string,
    path: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer | Error> {
    try {
      const response = await fetch(`${this.#api}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
      return {
        status: response.status,
        retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
        body: parsed(await response.text()),
      };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

function passes({ status, body }: Answer): boolean {
  return status === 429 || status === 503 || PASSING_CODES.includes((body as Partial<Problem>)?.code ?? '');
}

function bodyOf(request: string, { status, body }: Answer): unknown {
  if (status >= 200 && status < 300) return body;
  throw new RefusedError(request, status, (body ?? {}) as Partial<Problem>);
}

/** Null for what is not JSON: something else than the gateway answers there. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
