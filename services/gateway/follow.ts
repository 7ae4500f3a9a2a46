/** Answers a request of a route with server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'moleculer';
import type { Identity } from '../../mixins/identity/identity.ts';
import type { RequestMeta } from '../../schemas/action.ts';
import { prepare } from './answer.ts';
import { askerOf, type GatewayRequest } from './edge.ts';
import { FEED_HEADERS, type Feed } from './feed.ts';
import { wantsHeadOnly } from './reply.ts';
import type { Route } from './routes.ts';

/** Resolves when the events have begun; what is thrown before is answered as ever. */
export async function follow(
  route: Route,
  req: GatewayRequest,
  res: ServerResponse,
  ctx: Context<unknown, RequestMeta>,
  identity: Identity,
  feed: Feed,
): Promise<void> {
  const { meta } = await prepare(route, req, ctx.broker, identity);
  if (wantsHeadOnly(res)) {
    res.writeHead(200, FEED_HEADERS).end();
    return;
  }
  const lastId = req.headers['last-event-id'];
  const reader = { userId: askerOf(req.arrival), token: meta.token ?? '' };
  await feed.open(res, reader, typeof lastId === 'string' ? lastId : undefined);
}
