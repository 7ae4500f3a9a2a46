/** The tokens of a signed-in person, kept fresh. */

export interface Tokens {
  readonly accessToken: string;
  /** It is used once: the answer has the next one. */
  readonly refreshToken: string;
  /** When the access token is due for a refresh: Unix time in milliseconds. */
  readonly refreshAt: number;
}

/** Gives the tokens that requests show. */
export interface Credentials {
  /** The access token for the next request; null: signed out. */
  accessToken(): Promise<string | null>;
  /**
   * The token to use instead of one that the server refused; null: there is none. Throws where the
   * server does not answer.
   */
  insteadOf(refused: string): Promise<string | null>;
}

/** A token that has no successor. */
export function fixedToken(token: string): Credentials {
  return { accessToken: async () => token, insteadOf: async () => null };
}

/** Where the tokens are. Clients that share a store must share a lock. */
export interface TokenStore {
  /** Null: signed out. */
  get(): Promise<Tokens | null> | Tokens | null;
  set(tokens: Tokens | null): Promise<void> | void;
}

/** Runs `work` while no other holder of the lock runs its own. */
export type Lock = <Value>(work: () => Promise<Value>) => Promise<Value>;

export interface SessionOptions {
  readonly store: TokenStore;
  readonly lock: Lock;
  /**
   * Gets the successors of a refresh token, or null where the session has ended. `isUrgent`: the
   * access token no longer holds, so that it is worth to wait. Throws where the server does not
   * answer.
   */
  readonly refresh: (refreshToken: string, isUrgent: boolean) => Promise<Tokens | null>;
}

/** The share of an access token's life after which it is due. */
const DUE_AT = 0.8;
/** The pause after a refresh that failed, while the old token may still hold, in milliseconds. */
const PAUSE_MS = 5_000;

/** The tokens in the answer of a sign-in or a refresh. `expiresIn` is in seconds. */
export function tokensOf(answer: {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}): Tokens {
  const { accessToken, refreshToken, expiresIn } = answer;
  return { accessToken, refreshToken, refreshAt: Date.now() + expiresIn * 1_000 * DUE_AT };
}

/** Keeps tokens in memory. */
export function memoryStore(): TokenStore {
  let kept: Tokens | null = null;
  return {
    get: () => kept,
    set(tokens) {
      kept = tokens;
    },
  };
}

/** A lock for the users of one process. For the tabs of a browser, use `navigator.locks`. */
export function processLock(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

export class Session implements Credentials {
  readonly #options: SessionOptions;
  #notBefore = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * The access token for the next request; null: signed out. A token that is due is refreshed
   * first. Where that fails, the old one is returned: only the server can say whether it holds.
   */
  async accessToken(): Promise<string | null> {
    const tokens = await this.#options.store.get();
    if (tokens === null) return null;
    if (Date.now() < Math.max(tokens.refreshAt, this.#notBefore)) return tokens.accessToken;
    try {
      return await this.#successorOf(tokens.accessToken, false);
    } catch {
      this.#notBefore = Date.now() + PAUSE_MS;
      return tokens.accessToken;
    }
  }

  /**
   * The token to use instead of one that the server refused; null: signed out. Throws where the
   * server does not answer.
   */
  insteadOf(refused: string): Promise<string | null> {
    return this.#successorOf(refused, true);
  }

  /** Of all callers with the same old token one refreshes. The others find its successor. */
  #successorOf(old: string, isUrgent: boolean): Promise<string | null> {
    const { store, lock, refresh } = this.#options;
    return lock(async () => {
      const tokens = await store.get();
      if (tokens === null || tokens.accessToken !== old) return tokens?.accessToken ?? null;
      const next = await refresh(tokens.refreshToken, isUrgent);
      await store.set(next);
      return next?.accessToken ?? null;
    });
  }
}
