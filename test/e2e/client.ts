/** A REST client of the exchange, for tests. */
import { randomUUID } from 'node:crypto';
import type { ActionAnswer } from '#schemas/action.ts';
import type accountAction from '#schemas/actions/accounting/account.ts';
import type { statementLine } from '#schemas/answers/statement-line.ts';
import type { task } from '#schemas/answers/task.ts';
import type { user } from '#schemas/answers/user.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { PATIENCE } from '../harness/patience.ts';
import { until } from '../harness/wait.ts';

/**
 * Maximum number of repetitions of a request while a part of the system is away for a moment. On an
 * idle machine no part may be away.
 */
const REPETITIONS = PATIENCE > 1 ? 5 : 0;

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export type User = AnswerOf<typeof user>;
export type Task = AnswerOf<typeof task>;
export type Line = AnswerOf<typeof statementLine>;
export type Account = ActionAnswer<typeof accountAction>;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export class Client {
  readonly #api: string;
  /** The access token of its requests; null for none. */
  readonly token: string | null;

  constructor(api: string, token: string | null = null) {
    this.#api = api;
    this.token = token;
  }

  async request<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.#api}${path}`, {
      method,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    };
  }

  /**
   * Sends a request that must succeed, and returns the body. On a busy machine it is repeated after
   * a 503.
   */
  async expect<Body>(status: number, method: string, path: string, body?: unknown): Promise<Body> {
    let answer = await this.request<Body>(method, path, body);
    for (let again = 0; answer.status === 503 && again < REPETITIONS; again++) {
      const seconds = Number(answer.headers.get('retry-after'));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      answer = await this.request<Body>(method, path, body);
    }
    if (answer.status !== status) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  async signIn(login: string, beak: string): Promise<Client> {
    const { accessToken } = await this.expect<{ accessToken: string }>(200, 'POST', '/auth/login', {
      login,
      beak,
    });
    return new Client(this.#api, accessToken);
  }

  /** Registers a user and signs them in. The beak is the login, three times. */
  async register(login: string, roles: readonly string[]): Promise<{ user: User; client: Client }> {
    const beak = login.repeat(3).padEnd(8, '-');
    const user = await this.expect<User>(201, 'POST', '/users', {
      login,
      name: `Name of ${login}`,
      email: `${login}@example.com`,
      roles,
      beak,
    });
    return { user, client: await this.signIn(login, beak) };
  }

  /**
   * Creates one task. Repeats the request under the same key while the task service is away or has
   * no assignable user yet.
   */
  async createTask(title: string): Promise<Task> {
    const key = { 'idempotency-key': randomUUID() };
    return until(
      async () => {
        const answer = await this.request<Task>('POST', '/tasks', { title }, key);
        if (answer.status === 409) return false;
        if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
        return answer.body;
      },
      { what: 'somebody to assign to' },
    );
  }

  /** All items of a list, read page by page. */
  async all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `${path.includes('?') ? '&' : '?'}limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Page<Item> = await this.expect<Page<Item>>(200, 'GET', `${path}${query}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }
}
