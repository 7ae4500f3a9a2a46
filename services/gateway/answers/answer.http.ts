/**
 * Answers one request of a route: authenticates it, checks the role and the params, then calls the
 * action. The order of these checks is the contract's order of refusals.
 */
import type { ServerResponse } from 'node:http';
import type { Context, ServiceBroker } from 'moleculer';
import { REQUEST_TIMEOUT_MS } from '#mixins/deadlines.middleware.ts';
import { isAllowed } from '#mixins/identity/authorization.middleware.ts';
import type { Identity } from '#mixins/identity/identity.ts';
import { registryOf } from '#mixins/registry.ts';
import { isList, type RequestMeta } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import type { HttpMessage } from '#schemas/http-message.ts';
import type { Pauses } from '../connections/pauses.worker.ts';
import type { UserTurns } from '../connections/turns.http.ts';
import { FORM_TYPE, readBody } from '../requests/body.http.ts';
import type { Cookies } from '../requests/cookies.ts';
import {
  acceptOf,
  bearerTokenOf,
  idempotencyKeyOf,
  protocolHeadersOf,
  userAgentOf,
} from '../requests/headers.ts';
import { parseBody } from '../requests/json.ts';
import { CSV_MEDIA, JSON_MEDIA, preferred } from '../requests/negotiate.ts';
import { errorForClient } from '../requests/problem.ts';
import { parseForm, parseQuery } from '../requests/query.ts';
import { paramsOf, queryNames, type Route } from '../requests/routes.ts';
import { type CsvPage, fileNameOf, sendCsv } from './csv-answer.http.ts';
import { askerOf, type GatewayRequest } from './edge.http.ts';
import { sendMessage, sendResult } from './reply.http.ts';
import type { RequestTraces } from './request-traces.http.ts';

/**
 * Throws the problems of `Identity.verify`, `unauthenticated` or `forbidden`. Reads only this
 * node's memory.
 */
async function authenticate(
  route: Route,
  req: GatewayRequest,
  token: string | undefined,
  identity: Identity,
): Promise<void> {
  const { access } = route.contract;
  if (access === 'anyone') return;
  if (token === undefined) throw new Problem('unauthenticated');
  const actor = await identity.verify(token);
  req.arrival.userId = actor.userId;
  if (!isAllowed(access, actor)) throw new Problem('forbidden');
}

async function readParams(
  route: Route,
  req: GatewayRequest,
  cookies: Cookies,
): Promise<Omit<Prepared, 'meta'>> {
  if (route.contract.protocol !== undefined) {
    const text = route.takesBody ? (await readBody(req, FORM_TYPE)).toString() : (req.query ?? '');
    return {
      params: paramsOf(route, {}, parseForm(text, route.formNames)),
      limit: undefined,
      isByCookie: false,
    };
  }
  const query = parseQuery(req.query ?? '', queryNames(route));
  const given = route.takesBody ? parseBody(await readBody(req)) : query;
  const { form, isByCookie } = cookies.read(route, req, given);
  const params = paramsOf(route, req.$params?.params ?? {}, form);
  const limit = 'limit' in query ? (params as { readonly limit: number }).limit : undefined;
  return { params, limit, isByCookie };
}

function metaOf(
  route: Route,
  req: GatewayRequest,
  token: string | undefined,
  traceparent: string | undefined,
): RequestMeta {
  const { requestId, address } = req.arrival;
  const idempotencyKey = idempotencyKeyOf(route.method, req.headers);
  const accept = acceptOf(req.headers);
  const userAgent = userAgentOf(req.headers);
  return {
    requestId,
    address,
    ...(token === undefined ? {} : { token }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(accept === undefined ? {} : { accept }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(route.contract.protocol === undefined ? {} : { headers: protocolHeadersOf(req.headers) }),
  };
}

/** The CSV columns when the client wants CSV; undefined for JSON. Throws `not_acceptable`. */
function csvColumns(route: Route, req: GatewayRequest, res: ServerResponse): readonly string[] | undefined {
  const { csv } = route.contract;
  // Routes that are no lists have only one media type, and ignore `Accept`.
  if (!isList(route.contract)) return undefined;
  res.appendHeader('Vary', 'Accept');
  const offered = csv === undefined ? [JSON_MEDIA] : [JSON_MEDIA, CSV_MEDIA];
  const type = preferred(acceptOf(req.headers), offered);
  if (type === undefined) throw new Problem('not_acceptable');
  return type === CSV_MEDIA ? csv : undefined;
}

/** The parts that the checks of all requests of a node share. */
export interface CheckingNode {
  readonly identity: Identity;
  readonly cookies: Cookies;
  readonly traces: RequestTraces;
}

interface Prepared {
  /** Whether the secret of the answer goes into a cookie. */
  readonly isByCookie: boolean;
  readonly params: object;
  /** The `limit` that the client has given. */
  readonly limit: number | undefined;
  readonly meta: RequestMeta;
}

/**
 * Runs all checks of a request and returns the params of the call. Throws the reason of a refusal.
 */
export async function prepare(
  route: Route,
  req: GatewayRequest,
  res: ServerResponse,
  broker: ServiceBroker,
  { identity, cookies, traces }: CheckingNode,
): Promise<Prepared> {
  const token = bearerTokenOf(req.headers);
  await authenticate(route, req, token, identity);
  // A stream of events lasts for hours, and its readers share the calls.
  const traceparent = route.contract.event === undefined ? traces.begin(route, req, res) : undefined;
  const meta = metaOf(route, req, token, traceparent);
  const read = await readParams(route, req, cookies);
  if (!registryOf(broker).isServed(route.contract.action)) throw new Problem('service_unavailable');
  return { ...read, meta };
}

/**
 * Refuses a request that may have waited as long as a call may take: the client may have given up
 * and sent it again.
 */
function refuseOutdated(pauses: Pauses): void {
  if (pauses.maxWaitMs >= REQUEST_TIMEOUT_MS) {
    throw new Problem(
      'service_unavailable',
      'This node stood still for too long, so the request may be outdated: send it again',
    );
  }
}

/** The parts that all requests of a node share. */
interface AnsweringNode extends CheckingNode {
  readonly turns: UserTurns;
  readonly pauses: Pauses;
}

/**
 * `ctx` is the context of the request. Its metadata, which the action may set, shapes the answer.
 */
export async function answer(
  route: Route,
  req: GatewayRequest,
  res: ServerResponse,
  ctx: Context<unknown, RequestMeta>,
  node: AnsweringNode,
): Promise<void> {
  const { turns, pauses, cookies } = node;
  const { params, limit, isByCookie, meta } = await prepare(route, req, res, ctx.broker, node);
  if (route.method !== 'GET') refuseOutdated(pauses);
  const { action, status, protocol } = route.contract;
  const call = async (given: object) => {
    const result = await ctx.call<unknown, object>(action, given, { meta }).catch((error: unknown) => {
      throw errorForClient(route, error, meta.idempotencyKey !== undefined);
    });
    route.answerCheck?.checkResult(result, ctx.meta.$statusCode);
    return result;
  };
  if (protocol !== undefined) return sendMessage(res, (await call(params)) as HttpMessage);
  const columns = csvColumns(route, req, res);
  const send = async () => {
    if (columns === undefined) {
      const result = await call(params);
      const { cookie } = route.contract;
      if (!isByCookie || cookie === undefined) return sendResult(res, route.contract, ctx.meta, result);
      const { header, result: rest } = cookies.write(cookie, req, result);
      res.setHeader('Set-Cookie', header);
      return sendResult(res, route.contract, ctx.meta, rest);
    }
    const head = { status, fileName: fileNameOf(action), columns, limit };
    return sendCsv(res, head, async (cursor, size) => {
      const page = { ...params, limit: size };
      return (await call(cursor === null ? page : { ...page, cursor })) as CsvPage;
    });
  };
  if (columns === undefined && !searchesText(route, params)) return send();
  return turns.run(askerOf(req.arrival), res, send);
}

/** Whether the request searches text. Such searches read far more rows than they return. */
function searchesText({ takesBody }: Route, params: object): boolean {
  return !takesBody && 'text' in params && params.text !== undefined;
}
