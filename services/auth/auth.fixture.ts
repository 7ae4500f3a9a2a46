/** A test node of auth: calls as the gateway makes them, and direct access to the database. */
import { createSecretKey } from 'node:crypto';
import pg from 'pg';
import { databaseName } from '#mixins/names.ts';
import type { ActionAnswer, RequestMeta } from '#schemas/action.ts';
import type registerAction from '#schemas/actions/auth/register.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import type { Tokens } from './context.ts';
import { digestOfLogin } from './sessions/tried-login.ts';
import type { UserView } from './users/user.ts';

/** The beak of the first admin. */
export const ADMIN_BEAK = 'the shape of the admin';
/** The beak of every other account. */
export const BEAK = 'long and crooked';

/** The call context that the gateway would pass. */
export type Meta = Partial<RequestMeta>;

/** A node and the helpers that tests use. */
export interface AuthNode extends TestNode {
  call<Result>(action: string, params?: object, meta?: Meta): Promise<Result>;
  /** Signs in as the given account, or as the admin without arguments. */
  signIn(login?: string, beak?: string, meta?: Meta): Promise<Tokens>;
  /** Returns the error code of a refused call; undefined when the call succeeds. */
  refusal(action: string, params?: object, meta?: Meta): Promise<string | undefined>;
}

/** Starts a node of auth; the configuration must have `adminBeak: ADMIN_BEAK`. */
export async function startAuth(config: Config, services: readonly string[] = ['auth']): Promise<AuthNode> {
  const node = await startNode(config, services);
  const call = <Result>(action: string, params: object = {}, meta: Meta = {}) =>
    node.broker.call<Result, object>(action, params, { meta: { address: '192.0.2.1', ...meta } });
  return {
    ...node,
    call,
    signIn: (login = config.adminLogin, beak = ADMIN_BEAK, meta = {}) =>
      call<Tokens>('auth.login', { login, beak }, meta),
    refusal: (action, params, meta) =>
      call(action, params, meta).then(
        () => undefined,
        (error: unknown) => (error as { type?: string }).type ?? String(error),
      ),
  };
}

let registered = 0;

/** Registers an account with a login that no other test account has. */
export async function register(
  node: AuthNode,
  token: string,
  fields: Partial<UserView> = {},
): Promise<UserView> {
  const login = `popug-${++registered}`;
  const defaults = { login, name: `Popug ${registered}`, email: `${login}@popug.test`, roles: ['developer'] };
  const { activationCode: _, ...user } = await node.call<ActionAnswer<typeof registerAction>>(
    'auth.register',
    { ...defaults, beak: BEAK, ...fields },
    { token },
  );
  return user;
}

/** Reads auth's database directly. */
export interface Look {
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
  /** All stored state that a refused call must leave unchanged. */
  state(): Promise<unknown>;
  /** The events of an aggregate, in order. */
  events(aggregate: string): Promise<{ type: string; sequence: number }[]>;
  /** The hash under which refused sign-ins with this login are counted. */
  loginHash(login: string): Promise<Buffer>;
  end(): Promise<void>;
}

/** Connects to auth's database, bypassing the service. */
export async function lookInto(config: Config): Promise<Look> {
  const url = new URL(config.databaseUrl ?? '');
  url.pathname = `/${databaseName(config.namespace, 'auth')}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const rows = async <Row extends object>(sql: string, bind: readonly unknown[] = []) =>
    (await client.query(sql, [...bind])).rows as Row[];
  return {
    rows,
    state: () =>
      rows(`SELECT
        (SELECT json_agg(u ORDER BY id) FROM user_account u) AS users,
        (SELECT json_agg(s ORDER BY id) FROM session s) AS sessions,
        (SELECT json_agg(t ORDER BY hash) FROM refresh_token t) AS tokens,
        (SELECT json_agg(to_jsonb(k) - 'opened_at' ORDER BY kid) FROM signing_key k) AS keys,
        (SELECT json_agg(json_build_array(key, value, version) ORDER BY key) FROM identity_entry) AS entries,
        (SELECT json_agg(json_build_array(aggregate, sequence, type) ORDER BY position) FROM outbox
          WHERE type <> 'auth.session.refused.v1') AS events`),
    events: (aggregate) =>
      rows('SELECT type, sequence FROM outbox WHERE aggregate = $1 ORDER BY sequence', [aggregate]),
    async loginHash(login) {
      const [secret] = await rows<{ value: Buffer }>(`SELECT value FROM secret WHERE name = 'login'`);
      return digestOfLogin(createSecretKey(secret?.value ?? Buffer.alloc(0)), login);
    },
    end: () => client.end(),
  };
}
