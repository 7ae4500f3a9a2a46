/**
 * What an action contract is: the name under which nodes call it, the route under which clients do,
 * who may, and what it takes. The service spreads it into its action. The routes of HTTP are built
 * from all contracts, so they are there also while the service behind one is away.
 */
import type { ParamsOf } from './params.ts';

/** Who may call: anyone at all, anyone signed in, or who holds one of these roles. */
export type Access = 'anyone' | 'signed-in' | readonly string[];

export interface ActionContract<P extends object = object> {
  /** `<service>.<action>` */
  readonly action: string;
  /** `<METHOD> <path below /api/v1>`; a path that starts with `//` stands at the root. Path params are `:name`. */
  readonly route: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`;
  readonly access: Access;
  /** The HTTP status of success, unless the handler sets `ctx.meta.$statusCode`. */
  readonly status: number;
  /**
   * The param that names what the action changes, where its path does not: of calls for the same thing only two at a time run on a
   * node. Default: the params of the path together.
   */
  readonly changes?: string;
  /** One sentence for the API's documentation. */
  readonly summary: string;
  /** fastest-validator rules for path, query (GET, DELETE) or body (POST, PATCH) params together; always strict. */
  readonly params: P;
  /**
   * Columns of a list that is also to be had with `Accept: text/csv`: fields of its items, or paths
   * such as `reference.title`. Clients then get all items, whatever `limit` says: page after page
   * is asked for (`limit`, `cursor`). Default: JSON only.
   */
  readonly csv?: readonly string[];
  /**
   * Clients get server-sent events of this name: what the action returns, when a client connects
   * and whenever it has changed. Only a GET without params: everyone is told the same.
   */
  readonly event?: string;
}

export type ActionParams<C extends ActionContract> = ParamsOf<C['params']>;

/** Declares an action contract. One file a contract: `schemas/actions/<service>/<action>.ts`, default export. */
export function defineAction<const P extends object>(contract: ActionContract<P>): ActionContract<P> {
  return contract;
}

/** What goes along with every call of a client. */
export interface RequestMeta {
  /** The raw access token; every service verifies it again. */
  readonly token?: string;
  /** The client's network address. */
  readonly address?: string;
  /** `x-request-id` of the request; the correlation id of all events it causes. */
  readonly requestId?: string;
  readonly traceparent?: string;
  /** `Accept`, for actions that can answer with more than JSON. */
  readonly accept?: string;
  /** `Idempotency-Key` of a POST. */
  readonly idempotencyKey?: string;
  /** Set by a handler: another HTTP status than the contract's. */
  $statusCode?: number;
  /** Set by a handler: the `Location` of what was made. */
  $location?: string;
  /** Set by a handler: the media type of an answer that is not JSON. */
  $responseType?: string;
}
