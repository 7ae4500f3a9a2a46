/** The handlers of all routes: one for each contract, and those for health checks. */
import type { ServerResponse } from 'node:http';
import type { Identity } from '#mixins/identity/identity.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import type { Pauses } from '../connections/pauses.worker.ts';
import { UserTurns } from '../connections/turns.http.ts';
import type { Readiness } from '../readiness/readiness.worker.ts';
import type { StalledLoops } from '../readiness/stalled-loops.client.ts';
import { problemOf } from '../requests/problem.ts';
import type { Route } from '../requests/routes.ts';
import { securityTxt } from '../requests/security-txt.ts';
import type { Handlers, WebHandler } from '../web.mixin.ts';
import { answer } from './answer.http.ts';
import { type Feeds, follow } from './feeds.http.ts';
import { sendProblem } from './reply.http.ts';

/** Makes a handler for each route. A route that allows GET also allows HEAD. */
export function routeHandlers(
  routes: readonly Route[],
  identity: Identity,
  feeds: Feeds,
  pauses: Pauses,
): Handlers {
  const node = { identity, turns: new UserTurns(), pauses };
  const handlerOf = (route: Route): WebHandler => {
    if (route.contract.event === undefined) {
      return (req, res, ctx) => answer(route, req, res, ctx, node);
    }
    const feed = feeds.of(route, route.contract.event);
    return (req, res, ctx) => follow(route, req, res, ctx, identity, feed);
  };
  return Object.fromEntries(
    routes.flatMap((route) => {
      const handler = checked(route, handlerOf(route));
      const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
      return methods.map((method) => [`${method} ${route.path}`, handler]);
    }),
  );
}

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

function sendHealth(res: ServerResponse, health: object): void {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(JSON.stringify(health));
}

/** `/.well-known/security.txt` */
export function securityHandlers(config: Pick<Config, 'securityContact' | 'publicUrl'>): Handlers {
  const handler: WebHandler = (_req, res) => {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.end(securityTxt(config, new Date()));
  };
  return { 'GET /.well-known/security.txt': handler, 'HEAD /.well-known/security.txt': handler };
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
  return { 'GET /livez': live, 'HEAD /livez': live, 'GET /readyz': ready, 'HEAD /readyz': ready };
}
