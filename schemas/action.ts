/**
 * An action contract: the name for calls between nodes, the route for clients, the access, the
 * params, the answer and the problems. A service makes an action of it with `serve`. The HTTP
 * routes are built from all contracts, so they exist even while a service is unavailable.
 */
import type { AnswerOf, AnswerRules } from './answers.ts';
import type { ErrorCode } from './errors.ts';
import type { ProtocolHeaders } from './http-message.ts';
import type { ParamsOf } from './params.ts';

/**
 * Who may call: anyone, anyone signed in, people who are signed in (but no service accounts), or
 * users with one of these roles.
 */
export type Access = 'anyone' | 'signed-in' | 'person' | readonly string[];

export interface ActionContract<P extends object = object, A extends AnswerRules = AnswerRules> {
  /** `<service>.<action>` */
  readonly action: string;
  /**
   * `<METHOD> <path below /api/v1>`; a path that starts with `//` is at the root. Path params are
   * `:name`.
   */
  readonly route: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`;
  readonly access: Access;
  /** The HTTP status of success, unless the handler sets `ctx.meta.$statusCode`. */
  readonly status: number;
  /**
   * The resource that the action has created or begun, as a path with fields of the answer, such as
   * `/toys/:id`. It is the header `Location` of 201 and 202.
   */
  readonly location?: `/${string}`;
  /** The status of success that the handler may set instead. */
  readonly otherStatus?: number;
  /**
   * The param that identifies what the action changes, if the path does not. A node runs only two
   * calls for the same value at a time. Default: the params of the path together.
   */
  readonly changes?: string;
  /** One sentence for the API's documentation. */
  readonly summary: string;
  /**
   * What developers of clients must know beside the summary, in whole sentences. Default: nothing.
   */
  readonly details?: string;
  /**
   * fastest-validator rules for all params, of the path and of the query (GET, DELETE) or body
   * (POST, PATCH); always strict.
   */
  readonly params: P;
  /**
   * Rules for all fields of the JSON that clients get (schemas/answers.ts); always strict. Null: the
   * answer has no body. The type of the handler's result comes from them.
   */
  readonly answer: A;
  /** The media type of a success without rules that is not empty. Default: plain text. */
  readonly media?: string;
  /**
   * The problems in which this action can end, beside those of `generalProblems`
   * (schemas/general-problems.ts).
   */
  readonly problems: readonly ErrorCode[];
  /**
   * The columns of a list that clients can also get with `Accept: text/csv`: fields of its items,
   * paths such as `reference.title`, or fields of the answer beside them, such as `currency`.
   * Clients then get all items, or as many as the `limit` that they give, because page after page
   * is fetched for them (`limit`, `cursor`). Default: JSON only, and CSV is refused.
   */
  readonly csv?: readonly string[];
  /** Of routes that pages may call with a cookie in place of a secret. */
  readonly cookie?: ContractCookie;
  /**
   * The name of server-sent events. Clients get the result of the action when they connect and
   * after each change. Only for a GET without params: all clients get the same.
   */
  readonly event?: string;
  /**
   * For routes whose form others have standardised, such as those of OpenID Connect. Params come in
   * the query or as a form; all are text, and unknown ones are ignored. The action answers with a
   * whole `HttpMessage`. This is the media type of its success; a page has no `answer`.
   */
  readonly protocol?: 'application/json' | 'text/html';
}

/** Whether the answer is a list. */
export const isList = ({ answer }: Pick<ActionContract, 'answer'>): boolean =>
  answer !== null && 'items' in answer;

/** A secret that pages keep in a cookie, which no script can read. */
export interface ContractCookie {
  /** The cookie's name without the namespace. */
  readonly name: string;
  /**
   * The field of the answer that goes into the cookie, and the field of the params that comes from
   * it. If the params lack it, the client asks for the cookie by the param `cookie`.
   */
  readonly field: string;
  /** The path below /api/v1 to which browsers send it. */
  readonly path: string;
  /** How long browsers keep it. */
  readonly seconds: number;
}

export type ActionParams<C extends ActionContract> = ParamsOf<C['params']>;
export type ActionAnswer<C extends ActionContract> = AnswerOf<C['answer']>;
/** An item of the list that the action answers with. */
export type ActionItem<C extends ActionContract> =
  ActionAnswer<C> extends { readonly items: readonly (infer Item)[] } ? Item : never;

type Defaulted = 'status' | 'params' | 'problems';

/**
 * The default status is 200. Without `params` the action takes none. Without `problems` it has only
 * the general ones.
 */
type Declaration<P extends object, A extends AnswerRules> = Omit<ActionContract<P, A>, Defaulted> &
  Partial<Pick<ActionContract<P, A>, Defaulted>>;

/**
 * Declares an action contract, with strict params. Each contract has a file:
 * `schemas/actions/<service>/<action>.ts`, default export.
 */
export function defineAction<const A extends AnswerRules, const P extends object = Record<never, never>>({
  status = 200,
  params = {} as P,
  problems = [],
  ...contract
}: Declaration<P, A>): ActionContract<P, A> {
  return { ...contract, status, problems, params: { $$strict: true, ...params } };
}

/** The metadata of every call of a client. */
export interface RequestMeta {
  /** The raw access token; every service verifies it again. */
  readonly token?: string;
  /** The client's network address. */
  readonly address?: string;
  /** `x-request-id` of the request; the correlation id of all events that it causes. */
  readonly requestId?: string;
  readonly traceparent?: string;
  /** `User-Agent`, cut to a sensible length. */
  readonly userAgent?: string;
  /** `Accept`, for actions that can answer with other types than JSON. */
  readonly accept?: string;
  /** `Idempotency-Key` of a POST. */
  readonly idempotencyKey?: string;
  /** Only for routes with `protocol`. */
  readonly headers?: ProtocolHeaders;
  /** Set by a handler: an HTTP status other than the contract's. */
  $statusCode?: number;
}
