/**
 * The session of the person before the screen (WEB-21). The access token is in memory. The refresh
 * token is in a cookie that no script can read. One tab refreshes for all: under a Web Lock, at
 * 80 % of the token's life, and it shares the result by a channel.
 */
import type { Problem } from '#client';
import { problemOf } from './problems.ts';

const BASE = '/api/v1/auth';
const LOCK = 'session';
const DUE_AT = 0.8;
/** The pause after a refresh that failed, in milliseconds. */
const PAUSE_MS = 5_000;
/** Set in the browser's storage while somebody is signed in: no script can see the cookie. */
const SIGNED_IN = 'signedIn';
/** Proves to the server that a page of its own asks. */
const HEADERS = { 'content-type': 'application/json', 'x-requested-with': 'web' } as const;

interface Token {
  readonly accessToken: string;
  /** When it is due for a refresh: Unix time in milliseconds. */
  readonly refreshAt: number;
}
/** Why nobody is signed in. */
export type Ending = 'signed_out' | 'ended';
export type SessionState =
  | { readonly is: 'starting' }
  | { readonly is: 'unreachable' }
  | { readonly is: 'out'; readonly why?: Ending | undefined }
  | { readonly is: 'in' };
type Message = { readonly token: Token } | { readonly out: Ending };

/** The answer's failure as the pages show it. */
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

class WebSession {
  #token: Token | null = null;
  #state: SessionState = { is: 'starting' };
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #channel = new BroadcastChannel('session');

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('out' in data) this.#leave(data.out);
      else this.#take(data.token);
    };
  }

  get state(): SessionState {
    return this.#state;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Finds out whether the browser has a session. It keeps trying while nobody answers. The server
   * is not asked where nobody has signed in since the last sign-out.
   */
  async start(): Promise<void> {
    if (localStorage.getItem(SIGNED_IN) === null) {
      this.#set({ is: 'out' });
      return;
    }
    try {
      await this.#refresh(null);
    } catch {
      this.#set({ is: 'unreachable' });
      setTimeout(() => void this.start(), PAUSE_MS);
    }
  }

  /** Throws `Refused`. Throws `TypeError` where the server does not answer. */
  async signIn(form: { login: string; beak: string; next?: string }): Promise<void> {
    const answer = await post('/login', { ...form, cookie: true });
    if (!answer.ok) throw new Refused(await problemOf(answer));
    await this.#share(answer);
  }

  /** Signs out all tabs. Throws `TypeError` where the server does not answer. */
  async signOut(): Promise<void> {
    await post('/logout');
    this.#channel.postMessage({ out: 'signed_out' } satisfies Message);
    this.#leave('signed_out');
  }

  /** The access token for the next request; null where nobody is signed in. */
  async accessToken(): Promise<string | null> {
    return this.#token?.accessToken ?? null;
  }

  /** The token in place of one that the server refused; null where the session has ended. */
  async insteadOf(refused: string): Promise<string | null> {
    await this.#refresh(refused);
    return this.#token?.accessToken ?? null;
  }

  /** Of all tabs one refreshes. The others find its token when they get the lock. */
  async #refresh(old: string | null): Promise<void> {
    await navigator.locks.request(LOCK, async () => {
      if (old !== (this.#token?.accessToken ?? null)) return;
      const answer = await post('/refresh');
      if (answer.ok) await this.#share(answer);
      else if (answer.status === 401 || answer.status === 403) {
        // Without a token before, there was no session.
        if (old !== null) this.#channel.postMessage({ out: 'ended' } satisfies Message);
        this.#leave(old === null ? undefined : 'ended');
      } else throw new Refused(await problemOf(answer));
    });
  }

  async #share(answer: Response): Promise<void> {
    const { accessToken, expiresIn } = (await answer.json()) as { accessToken: string; expiresIn: number };
    const token = { accessToken, refreshAt: Date.now() + expiresIn * 1_000 * DUE_AT };
    this.#channel.postMessage({ token } satisfies Message);
    this.#take(token);
  }

  #take(token: Token): void {
    this.#token = token;
    localStorage.setItem(SIGNED_IN, 'yes');
    this.#plan(token.refreshAt - Date.now());
    if (this.#state.is !== 'in') this.#set({ is: 'in' });
  }

  #plan(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const token = this.#token;
      // The server still says whether the old token holds.
      if (token !== null) this.#refresh(token.accessToken).catch(() => this.#plan(PAUSE_MS));
    }, delayMs);
  }

  #leave(why?: Ending): void {
    clearTimeout(this.#timer);
    this.#token = null;
    localStorage.removeItem(SIGNED_IN);
    this.#set({ is: 'out', why });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** `keepalive`: a page that is left at this moment must not lose the next cookie. */
function post(path: string, body?: object): Promise<Response> {
  return fetch(BASE + path, {
    method: 'POST',
    headers: HEADERS,
    credentials: 'same-origin',
    keepalive: true,
    body: JSON.stringify(body ?? {}),
  });
}

export const session = new WebSession();
