/** Counts and times the requests, by their routes. */
import type { ServerResponse } from 'node:http';
import type { MetricRegistry } from 'moleculer';
import type { GatewayRequest } from './edge.http.ts';
import { FEED_HEADERS } from './feed.http.ts';

const TOTAL = 'http_requests_total';
const DURATION = 'http_request_duration_seconds';
/** Upper bounds of the time of an answer, in seconds. Each adds a line for each route. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The label of paths that no route has: clients choose them. */
const OTHER = 'other';
/** The label of a request whose client left before its answer had. */
const ABORTED = 'aborted';

export class RequestMetrics {
  readonly #registry: MetricRegistry;

  constructor(registry: MetricRegistry) {
    this.#registry = registry;
    registry.register({
      name: TOTAL,
      type: 'counter',
      description: 'Requests, by route and status; `aborted` if the client left before its answer had',
      labelNames: ['method', 'route', 'status'],
    });
    registry.register({
      name: DURATION,
      type: 'histogram',
      description: 'Time from the arrival of a request until its answer had left; without event streams',
      labelNames: ['method', 'route'],
      buckets: BUCKETS,
    });
  }

  /** Call it when a request arrives. It is counted when its answer has left. */
  count(req: GatewayRequest, res: ServerResponse): void {
    if (!this.#registry.isEnabled()) return;
    const begun = performance.now();
    res.once('close', () => {
      // The path with the names of its params. It is set when the route is found.
      const route = req.$alias?.path;
      const labels = {
        // Node accepts dozens of methods.
        method: route === undefined ? OTHER : req.method,
        route: route === undefined ? OTHER : `/${route}`,
        status: res.writableFinished ? res.statusCode : ABORTED,
      };
      this.#registry.increment(TOTAL, labels);
      if (res.getHeader('Content-Type') === FEED_HEADERS['Content-Type']) return;
      this.#registry.observe(DURATION, (performance.now() - begun) / 1_000, labels);
    });
  }
}
