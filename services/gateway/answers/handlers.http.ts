/** The handlers of all routes: one for each contract, and those of the gateway's own routes. */
import type { ServerResponse } from 'node:http';
import { minorDigits } from '#mixins/currency.ts';
import type { Identity } from '#mixins/identity/identity.ts';
import { publicKeyOf } from '#mixins/identity/public-key.ts';
import type { Metrics } from '#mixins/metrics/metrics.ts';
import { METRICS_MEDIA } from '#mixins/metrics/text-reporter.ts';
import type { ActionContract } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import { LANGUAGES } from '#schemas/languages.ts';
import type { Config } from '../../../config.ts';
import { VERSION } from '../../../product.ts';
import { metricsReaders } from '../connections/metrics-readers.ts';
import type { Pauses } from '../connections/pauses.worker.ts';
import { UserTurns } from '../connections/turns.http.ts';
import type { OpenDays } from '../meta/open-day.ts';
import type { Readiness } from '../readiness/readiness.worker.ts';
import type { StalledLoops } from '../readiness/stalled-loops.client.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import { problemOf } from '../requests/problem.ts';
import { type DeclaredRoute, declaredRoute, type Route } from '../requests/routes.ts';
import { securityTxt } from '../requests/security-txt.ts';
import type { Handlers, WebHandler } from '../web.mixin.ts';
import { answer, type CheckingNode } from './answer.http.ts';
import { type Feeds, follow } from './feeds.http.ts';
import { sendProblem } from './reply.http.ts';

/** Makes a handler for each route. */
export function routeHandlers(
  routes: readonly Route[],
  checking: CheckingNode,
  feeds: Feeds,
  pauses: Pauses,
): Handlers {
  const node = { ...checking, turns: new UserTurns(), pauses };
  const handlerOf = (route: Route): WebHandler => {
    if (route.contract.event === undefined) {
      return (req, res, ctx) => answer(route, req, res, ctx, node);
    }
    const feed = feeds.of(route, route.contract.event);
    return (req, res, ctx) => follow(route, req, res, ctx, node, feed);
  };
  return Object.assign({}, ...routes.map((route) => serving(route, checked(route, handlerOf(route)))));
}

/** A route that allows GET also allows HEAD. */
function serving({ method, path }: DeclaredRoute, handler: WebHandler): Handlers {
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
  return Object.fromEntries(methods.map((each) => [`${each} ${path}`, handler]));
}

/** Serves a route of `OWN_ROUTES`. */
export const servingOwn = (contract: ActionContract, handler: WebHandler): Handlers =>
  serving(declaredRoute(contract), handler);

/** The handler, whose problems are compared with the contract where answers are checked. */
function checked({ answerCheck }: Route, handler: WebHandler): WebHandler {
  if (answerCheck === null) return handler;
  return async (req, res, ctx) => {
    try {
      await handler(req, res, ctx);
    } catch (error) {
      answerCheck.checkProblem(problemOf(error).code);
      throw error;
    }
  };
}

/** Sends a JSON text. */
function sendText(res: ServerResponse, json: string): void {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(json);
}

const sendHealth = (res: ServerResponse, health: object) => sendText(res, JSON.stringify(health));

/** `/openapi.json` and `/asyncapi.json`, as JSON. */
export function documentHandlers(routes: string, events: string): Handlers {
  return {
    ...servingOwn(OWN_ROUTES.openApi, (_req, res) => sendText(res, routes)),
    ...servingOwn(OWN_ROUTES.asyncApi, (_req, res) => sendText(res, events)),
  };
}

/** `/meta`. It is answered while any service is away (`OpenDays`). */
export function metaHandlers(config: Config, days: OpenDays): Handlers {
  const fixed = {
    product: config.product.name,
    version: VERSION,
    currency: config.currency,
    minorUnits: minorDigits(config.currency),
    timeZone: config.businessTimeZone,
    dayCloseAt: config.dayCloseAt,
    locales: LANGUAGES,
  };
  return servingOwn(OWN_ROUTES.meta, async (_req, res) => {
    sendText(res, JSON.stringify({ ...fixed, ...(await days.read(new Date())) }));
  });
}

/** `/metrics`, for those whom `METRICS` names. Throws `not_found` where there are no metrics. */
export function metricsHandlers(config: Pick<Config, 'metrics'>, metrics: Metrics): Handlers {
  const mayRead = metricsReaders(config.metrics);
  return servingOwn(OWN_ROUTES.metrics, async (req, res) => {
    const { reporter } = metrics;
    if (reporter === null) throw new Problem('not_found');
    const { address } = req.arrival;
    if (!mayRead({ socketAddress: req.socket.remoteAddress, address, headers: req.headers })) {
      throw new Problem('metrics_refused');
    }
    await metrics.refresh();
    res.setHeader('Content-Type', METRICS_MEDIA);
    res.end(reporter.generatePrometheusResponse());
  });
}

/**
 * `/.well-known/jwks.json`: the keys that this node accepts. They are in its memory, so they are
 * answered while their owner is away (AUTH-7).
 */
export function keysHandlers(identity: Pick<Identity, 'publicKeys'>): Handlers {
  return servingOwn(OWN_ROUTES.keys, (_req, res) =>
    sendText(res, JSON.stringify({ keys: identity.publicKeys().map(publicKeyOf) })),
  );
}

/** `/.well-known/security.txt` */
export function securityHandlers(config: Pick<Config, 'securityContact' | 'publicUrl'>): Handlers {
  return servingOwn(OWN_ROUTES.security, (_req, res) => {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.end(securityTxt(config, new Date()));
  });
}

/**
 * `/livez` answers while the process runs. `/readyz` answers 200 with the names of stalled loops,
 * or 503 with the missing parts.
 */
export function healthHandlers(readiness: Readiness, loops: Pick<StalledLoops, 'names'>): Handlers {
  const live: WebHandler = (_req, res) => sendHealth(res, { status: 'alive' });
  const ready: WebHandler = (req, res) => {
    const errors = readiness.missing();
    if (errors.length === 0) {
      const stalled = loops.names();
      sendHealth(res, { status: 'ready', ...(stalled.length === 0 ? {} : { stalled }) });
      return;
    }
    // Sent without throwing: waiting clients poll often, and that needs no log line.
    const problem = problemOf(new Problem('service_unavailable', 'Not ready', { errors }));
    sendProblem(res, problem, req.arrival.requestId);
  };
  return { ...servingOwn(OWN_ROUTES.live, live), ...servingOwn(OWN_ROUTES.ready, ready) };
}
