/** The feeds of a node: one for each route that is answered with events. */
import type { ServiceBroker } from 'moleculer';
import type { Identity } from '../../mixins/identity/identity.ts';
import { Outage, type OutageLog } from '../../mixins/outage.ts';
import { Feed, type FeedSettings, Places } from './feed.ts';
import type { Route } from './routes.ts';

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
