/** The feeds of a node: one for each route with an event stream. */
import type { ServerResponse } from 'node:http';
import type { Context, ServiceBroker } from 'moleculer';
import type { Identity } from '#mixins/identity/identity.ts';
import { Outage } from '#mixins/outage.ts';
import type { RequestMeta } from '#schemas/action.ts';
import type { Route } from '../requests/routes.ts';
import { type CheckingNode, prepare } from './answer.http.ts';
import { askerOf, type GatewayRequest } from './edge.http.ts';
import { FEED_HEADERS, Feed, type FeedSettings, ReaderSlots } from './feed.http.ts';
import { wantsHeadOnly } from './reply.http.ts';

export interface Feeds {
  /** Creates the feed of a route, with this event name. */
  of(route: Route, event: string): Feed;
  /** The number of readers of all feeds. */
  readonly readers: number;
  /** Ends every stream when the node stops. */
  stop(): void;
}

/** Creates feeds that share the node's slots and stop with it. */
export function makeFeeds(broker: ServiceBroker, identity: Identity, settings: FeedSettings): Feeds {
  const slots = new ReaderSlots(settings);
  const log = broker.getLogger('feeds');
  const feeds: Feed[] = [];
  return {
    of({ contract, answerCheck }, event) {
      const feed = new Feed({
        event,
        async ask(token) {
          const result: unknown = await broker.call(contract.action, {}, { meta: { token } });
          answerCheck?.checkResult(result);
          return result;
        },
        verify: (token) => identity.verify(token),
        slots,
        outage: new Outage(`${event}: readers can't get new events`, log),
        settings,
      });
      feeds.push(feed);
      return feed;
    },
    get readers() {
      return slots.taken;
    },
    stop() {
      for (const feed of feeds) feed.stop();
    },
  };
}

/**
 * Answers a request with server-sent events. Resolves when the stream has begun; errors before that
 * get an ordinary answer.
 */
export async function follow(
  route: Route,
  req: GatewayRequest,
  res: ServerResponse,
  ctx: Context<unknown, RequestMeta>,
  node: CheckingNode,
  feed: Feed,
): Promise<void> {
  const { meta } = await prepare(route, req, res, ctx.broker, node);
  if (wantsHeadOnly(res)) {
    res.writeHead(200, FEED_HEADERS).end();
    return;
  }
  const lastId = req.headers['last-event-id'];
  const reader = { userId: askerOf(req.arrival), token: meta.token ?? '' };
  await feed.open(res, reader, typeof lastId === 'string' ? lastId : undefined);
}
