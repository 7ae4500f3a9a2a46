/** The feeds of a node: one for each route that is answered with events. */
import type { ServerResponse } from 'node:http';
import type { Context, ServiceBroker } from 'moleculer';
import type { Identity } from '#mixins/identity/identity.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { RequestMeta } from '#schemas/action.ts';
import type { Route } from '../requests/routes.ts';
import { prepare } from './answer.ts';
import { askerOf, type GatewayRequest } from './edge.ts';
import { FEED_HEADERS, Feed, type FeedSettings, Places } from './feed.ts';
import { wantsHeadOnly } from './reply.ts';

/** Makes feeds that share the node's places and end with it. */
export class Feeds {
  readonly #broker: ServiceBroker;
  readonly #identity: Identity;
  readonly #settings: FeedSettings;
  readonly #places: Places;
  readonly #log: OutageLog;
  readonly #feeds: Feed[] = [];

  constructor(broker: ServiceBroker, identity: Identity, settings: FeedSettings) {
    this.#broker = broker;
    this.#identity = identity;
    this.#settings = settings;
    this.#places = new Places(settings);
    this.#log = broker.getLogger('feeds');
  }

  /** Makes the feed of a route, whose events have this name. */
  of({ contract }: Route, event: string): Feed {
    const feed = new Feed({
      event,
      ask: (token) => this.#broker.call(contract.action, {}, { meta: { token } }),
      verify: (token) => this.#identity.verify(token),
      places: this.#places,
      outage: new Outage(`${event}: readers can't be told anything new`, this.#log),
      settings: this.#settings,
    });
    this.#feeds.push(feed);
    return feed;
  }

  /** Ends every stream: the node stops. */
  stop(): void {
    for (const feed of this.#feeds) feed.stop();
  }
}

/**
 * Answers a request of a route with server-sent events. Resolves when they have begun; what is
 * thrown before is answered as ever.
 */
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
