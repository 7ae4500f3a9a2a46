/** Answers one request of one route: who, may they, what do they want, then the call. The order is the contract's order of refusal. */
import type { ServerResponse } from 'node:http';
import type { Context, ServiceBroker } from 'moleculer';
import { REQUEST_TIMEOUT_MS } from '#mixins/deadlines.middleware.ts';
import { isAllowed } from '#mixins/identity/authorization.middleware.ts';
import type { Identity } from '#mixins/identity/identity.ts';
import { registryOf } from '#mixins/registry.ts';
import type { RequestMeta } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import { MAX_PAGE_SIZE } from '#schemas/params.ts';
import type { Pauses } from '../connections/pauses.ts';
import type { UserTurns } from '../connections/turns.ts';
import { readBody } from '../requests/body.ts';
import { acceptOf, bearerTokenOf, idempotencyKeyOf, traceparentOf } from '../requests/headers.ts';
import { parseBody } from '../requests/json.ts';
import { CSV_MEDIA, JSON_MEDIA, preferred } from '../requests/negotiate.ts';
import { asTold } from '../requests/problem.ts';
import { parseQuery } from '../requests/query.ts';
import { paramsOf, queryNames, type Route } from '../requests/routes.ts';
import { type CsvPage, fileNameOf, sendCsv } from './csv-answer.ts';
import { askerOf, type GatewayRequest } from './edge.ts';
import { sendResult } from './reply.ts';

/** Throws the problems of `Identity.verify`, `unauthenticated` or `forbidden`; asks nobody but this node's memory. */
async function authenticate(
  route: Route,
  req: GatewayRequest,
  token: string | undefined,
  identity: Identity,
): Promise<void> {
  const { access } = route.contract;
  if (access === 'anyone') return;
  if (token === undefined) throw new Problem('unauthenticated');
  const { userId, roles } = await identity.verify(token);
  req.arrival.userId = userId;
  if (!isAllowed(access, roles)) throw new Problem('forbidden');
}

async function readParams(route: Route, req: GatewayRequest): Promise<object> {
  const query = parseQuery(req.query ?? '', queryNames(route));
  const form = route.takesBody ? parseBody(await readBody(req)) : query;
  return paramsOf(route, req.$params?.params ?? {}, form);
}

function metaOf(route: Route, req: GatewayRequest, token: string | undefined): RequestMeta {
  const { requestId, address } = req.arrival;
  const idempotencyKey = idempotencyKeyOf(route.method, req.headers);
  const traceparent = traceparentOf(req.headers);
  const accept = acceptOf(req.headers);
  return {
    requestId,
    address,
    ...(token === undefined ? {} : { token }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(accept === undefined ? {} : { accept }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

/** The columns where a client wants a list as CSV; undefined for JSON. Throws `not_acceptable`. */
function csvColumns(route: Route, req: GatewayRequest, res: ServerResponse): readonly string[] | undefined {
  const { csv } = route.contract;
  // Routes that have but one media type answer with it, whatever is asked for.
  if (csv === undefined) return undefined;
  res.appendHeader('Vary', 'Accept');
  const type = preferred(acceptOf(req.headers), [JSON_MEDIA, CSV_MEDIA]);
  if (type === undefined) throw new Problem('not_acceptable');
  return type === CSV_MEDIA ? csv : undefined;
}

interface Prepared {
  readonly params: object;
  readonly meta: RequestMeta;
}

/** Who, may they, what do they want: throws whatever the request is refused with. */
export async function prepare(
  route: Route,
  req: GatewayRequest,
  broker: ServiceBroker,
  identity: Identity,
): Promise<Prepared> {
  const token = bearerTokenOf(req.headers);
  await authenticate(route, req, token, identity);
  const meta = metaOf(route, req, token);
  const params = await readParams(route, req);
  if (!registryOf(broker).isServed(route.contract.action)) throw new Problem('service_unavailable');
  return { params, meta };
}

/** A request that may have waited for as long as a call may take: its client may have given up and sent another one. */
function refuseOutdated(pauses: Pauses): void {
  if (pauses.maxWaitMs >= REQUEST_TIMEOUT_MS) {
    throw new Problem(
      'service_unavailable',
      'This node stood still for too long to know how old the request is',
    );
  }
}

/** What all requests of a node share. */
interface AnsweringNode {
  readonly identity: Identity;
  readonly turns: UserTurns;
  readonly pauses: Pauses;
}

/** `ctx` is the context of the request; what the action leaves in its metadata decides on the answer. */
export async function answer(
  route: Route,
  req: GatewayRequest,
  res: ServerResponse,
  ctx: Context<unknown, RequestMeta>,
  { identity, turns, pauses }: AnsweringNode,
): Promise<void> {
  const { params, meta } = await prepare(route, req, ctx.broker, identity);
  if (route.method !== 'GET') refuseOutdated(pauses);
  const { action, status } = route.contract;
  const call = (given: object) =>
    ctx.call<unknown, object>(action, given, { meta }).catch((error: unknown) => {
      throw asTold(route, error);
    });
  const columns = csvColumns(route, req, res);
  const send = async () => {
    if (columns === undefined) {
      const result = await call(params);
      return sendResult(res, status, ctx.meta, result);
    }
    const page = { ...params, limit: MAX_PAGE_SIZE };
    return sendCsv(res, { status, fileName: fileNameOf(action), columns }, async (cursor) => {
      return (await call(cursor === null ? page : { ...page, cursor })) as CsvPage;
    });
  };
  if (columns === undefined && !searchesText(route, params)) return send();
  return turns.run(askerOf(req.arrival), res, send);
}

/** Such searches look at far more than they give. */
function searchesText({ takesBody }: Route, params: object): boolean {
  return !takesBody && 'text' in params && params.text !== undefined;
}
