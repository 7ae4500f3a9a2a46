/**
 * A client of the HTTP API whose routes, bodies and answers have types. It signs in, refreshes its
 * tokens, and retries what may pass.
 */
import createFetchClient from 'openapi-fetch';
import { eventsOf } from './events.ts';
import { ProblemError, problemIn } from './problem.ts';
import { type RetryOptions, sendPatiently } from './retry.ts';
import type { Answer, Call, EventOf, Feeds, InitOf, Item, Lists, Routes } from './routes.ts';
import {
  type Credentials,
  fixedToken,
  type Lock,
  memoryStore,
  processLock,
  Session,
  type TokenStore,
  type Tokens,
  tokensOf,
} from './session.ts';

const JSON_MEDIA = 'application/json';
const KEY = 'idempotency-key';
/** The codes of problems that a refresh of the token solves. */
const OUTDATED = ['token_expired', 'token_stale'];

type Method = 'get' | 'post' | 'patch' | 'delete';

interface Page<Each> {
  readonly items: readonly Each[];
  readonly nextCursor?: string | null;
}
interface Loose {
  readonly params?: { readonly query?: object };
}

export interface ClientOptions extends RetryOptions {
  /** The base of all routes, such as `http://127.0.0.1:3000/api/v1`. */
  readonly api: string;
  /** A token that is never refreshed, such as that of a service account. */
  readonly token?: string;
  /** Where the tokens of a person are. Default: in memory. */
  readonly store?: TokenStore;
  /** Held while tokens are refreshed. Default: a lock of this client's own. */
  readonly lock?: Lock;
  /**
   * Gives the tokens of somebody whom other code signs in, such as a page whose refresh token is in
   * a cookie. `store` and `lock` are not used then.
   */
  readonly credentials?: Credentials;
}

export class Client {
  readonly #options: ClientOptions;
  readonly #api: string;
  readonly #store: TokenStore;
  readonly #credentials: Credentials;
  readonly #http: ReturnType<typeof createFetchClient<Routes, typeof JSON_MEDIA>>;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#api = options.api.replace(/\/+$/, '');
    this.#store = options.store ?? memoryStore();
    this.#credentials = options.credentials ?? this.#ownCredentials(options);
    this.#http = createFetchClient<Routes, typeof JSON_MEDIA>({
      baseUrl: this.#api,
      fetch: (request) => this.#send(request),
    });
  }

  /** Throws `ProblemError` (`wrong_credentials` and others) or `NoAnswerError`. */
  async signIn(login: string, beak: string): Promise<void> {
    await this.#store.set(null);
    await this.#store.set(tokensOf(await this.post('/auth/login', { body: { login, beak } })));
  }

  /** Ends the session at the server. Throws `NoAnswerError` where the server does not answer. */
  async signOut(): Promise<void> {
    const tokens = await this.#store.get();
    if (tokens !== null) await this.post('/auth/logout', { body: { refreshToken: tokens.refreshToken } });
    await this.#store.set(null);
  }

  /**
   * Sends a request and returns the body of its answer. Throws `ProblemError` where the server
   * refuses it, and `NoAnswerError` where no answer came. The requests of `post` take effect once,
   * however often they are sent.
   */
  readonly get: Call<'get'> = (path, ...init) => this.#request('get', path, init);
  readonly post: Call<'post'> = (path, ...init) => this.#request('post', path, init);
  readonly patch: Call<'patch'> = (path, ...init) => this.#request('patch', path, init);
  readonly delete: Call<'delete'> = (path, ...init) => this.#request('delete', path, init);

  /** The items of a list, read page by page as they are needed. Throws as `get` does. */
  async *items<Path extends Lists>(path: Path, ...init: InitOf<Path, 'get'>): AsyncGenerator<Item<Path>> {
    const [{ params, ...others } = {}] = init as [Loose?];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { ...params?.query, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#request<Page<Item<Path>>>('get', path, [
        { ...others, params: { ...params, query } },
      ]);
      yield* page.items;
      cursor = page.nextCursor ?? null;
    }
  }

  /**
   * The server-sent events of a route, until `signal` is aborted or the reader leaves the loop. A
   * lost connection is replaced. Throws as `get` does.
   */
  async *events<Path extends keyof Feeds>(
    path: Path,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<EventOf<Path>> {
    const left = new AbortController();
    const ended = AbortSignal.any([left.signal, ...(signal === undefined ? [] : [signal])]);
    const connect = (headers: Readonly<Record<string, string>>) =>
      this.#send(
        new Request(`${this.#api}${path}`, {
          headers: { accept: 'text/event-stream', ...headers },
          signal: ended,
        }),
      );
    try {
      yield* eventsOf(connect, ended) as AsyncGenerator<EventOf<Path>>;
    } finally {
      left.abort();
    }
  }

  async #request<Body>(method: Method, path: string, [init]: readonly unknown[]): Promise<Body> {
    const send = this.#http.request as unknown as (
      ...request: [method: string, path: string, init: unknown]
    ) => Promise<{ readonly data: Body }>;
    return (await send(method, path, init)).data;
  }

  /** Throws `ProblemError` where the answer is not a success. */
  async #send(request: Request): Promise<Response> {
    // All attempts have the same key, so that the request takes effect once.
    if (request.method === 'POST' && !request.headers.has(KEY)) request.headers.set(KEY, crypto.randomUUID());
    const answer = await this.#sendSigned(request);
    if (answer.ok) return answer;
    const path = request.url.slice(this.#api.length).split('?')[0];
    throw new ProblemError(`${request.method} ${path}`, answer.status, await problemIn(answer));
  }

  /** Sends a request with a token, and once more with a new one where that had expired. */
  async #sendSigned(request: Request): Promise<Response> {
    const token = await this.#credentials.accessToken();
    const answer = await sendPatiently(signed(request, token), this.#options);
    if (token === null || !(await isOutdated(answer))) return answer;
    const next = await this.#credentials.insteadOf(token);
    return next === null ? answer : sendPatiently(signed(request, next), this.#options);
  }

  #ownCredentials({ token, lock = processLock() }: ClientOptions): Credentials {
    if (token !== undefined) return fixedToken(token);
    return new Session({
      store: this.#store,
      lock,
      refresh: (refreshToken, isUrgent) => this.#refresh(refreshToken, isUrgent),
    });
  }

  async #refresh(refreshToken: string, isUrgent: boolean): Promise<Tokens | null> {
    const request = new Request(`${this.#api}/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': JSON_MEDIA },
      body: JSON.stringify({ refreshToken }),
    });
    const answer = await sendPatiently(request, { ...this.#options, ...(isUrgent ? {} : { patienceMs: 0 }) });
    if (answer.status === 401) return null;
    if (!answer.ok) throw new ProblemError('POST /auth/refresh', answer.status, await problemIn(answer));
    return tokensOf((await answer.json()) as Answer<'/auth/refresh', 'post'>);
  }
}

function signed(request: Request, token: string | null): Request {
  const copy = request.clone();
  if (token !== null) copy.headers.set('authorization', `Bearer ${token}`);
  return copy;
}

async function isOutdated(answer: Response): Promise<boolean> {
  if (answer.status !== 401) return false;
  const { code = '' } = (await problemIn(answer)) ?? {};
  return OUTDATED.includes(code);
}
