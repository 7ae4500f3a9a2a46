/** The feeds of a node: one for each route with an event stream. */
import type { ServerResponse } from 'node:http';
import type { Context, ServiceBroker } from 'moleculer';
import type { Identity } from '#mixins/identity/identity.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { RequestMeta } from '#schemas/action.ts';
import type { Route } from '../requests/routes.ts';
import { prepare } from './answer.http.ts';
import { askerOf, type GatewayRequest } from './edge.http.ts';
import { FEED_HEADERS, Feed, type FeedSettings, ReaderSlots } from './feed.http.ts';
import { wantsHeadOnly } from './reply.http.ts';

/** Creates feeds that share the node's slots and stop with it. */
export class Feeds {
  readonly #broker: ServiceBroker;
  readonly #identity: Identity;
  readonly #settings: FeedSettings;
  readonly #slots: ReaderSlots;
  readonly #log: OutageLog;
  readonly #feeds: Feed[] = [];

  constructor(broker: ServiceBroker, identity: Identity, settings: FeedSettings) {
    this.#broker = broker;
    this.#identity = identity;
    this.#settings = settings;
    this.#slots = new ReaderSlots(settings);
    this.#log = broker.getLogger('feeds');
  }

  /** Creates the feed of a route, with this event name. */
  of({ contract }: Route, event: string): Feed {
    const feed = new Feed({
      event,
      ask: (token) => this.#broker.call(contract.action, {}, { meta: { token } }),
      verify: (token) => this.#identity.verify(token),
      slots: this.#slots,
      outage: new Outage(`${event}: readers can't get new events`, this.#log),
      settings: this.#settings,
    });
    this.#feeds.push(feed);
    return feed;
  }

  /** Ends every stream when the node stops. */
  stop(): void {
    for (const feed of this.#feeds) feed.stop();
  }
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
