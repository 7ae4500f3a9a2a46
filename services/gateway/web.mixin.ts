/**
 * moleculer-web without its unsafe parts. It has no server without limits, no own parsers and no
 * CORS by substring. It does not merge params or send raw errors. Other nodes can't add routes, and
 * every action needs a contract.
 */
import type { Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:tls';
import type { Context, Service, ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { defineMixin } from '#mixins/define-service.ts';
import { logRequest } from '#mixins/log-scope.ts';
import { Outage, throttle } from '#mixins/outage.ts';
import { platformOf } from '#mixins/platform.ts';
import type { RequestMeta } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../config.ts';
import { accessLevelOf, logAccess } from './answers/access-log.http.ts';
import { type Arrival, type Edge, type GatewayRequest, UNKNOWN_ARRIVAL } from './answers/edge.http.ts';
import { sendProblem } from './answers/reply.http.ts';
import { RequestMetrics } from './answers/request-metrics.http.ts';
import { proxyFinder } from './connections/address.ts';
import { type Renewal, readCertificate, renewCertificate } from './connections/certificate.client.ts';
import { type ConnectionLimits, crowdText } from './connections/connections.http.ts';
import { connectionsWithin, openFileLimit, RESERVED_FILES } from './connections/open-files.client.ts';
import { REFUSAL_WINDOW_MS, RefusalLog } from './connections/refusal-log.ts';
import { makeServer } from './connections/server.http.ts';
import type { Pages } from './pages/pages.http.ts';
import { ClientGone } from './requests/body.http.ts';
import { challengeOf } from './requests/headers.ts';
import { type ProblemAnswer, problemOf } from './requests/problem.ts';
import { byFixedSegments } from './requests/routes.ts';

/** The handler of a route. Thrown errors are answered as problems. */
export type WebHandler = (
  req: GatewayRequest,
  res: ServerResponse,
  ctx: Context<unknown, RequestMeta>,
) => Promise<void> | void;

/** `<METHOD> <path>` to its handler. */
export type Handlers = Readonly<Record<string, WebHandler>>;

/** The service with this mixin. It must set `edge` and `pages` and add its routes in `created`. */
export interface Web extends Service<{ port: number; ip: string }> {
  edge: Edge;
  pages: Pages;
  readonly server: Server;
  /** Adds routes at the root. Only their handlers reach actions. */
  addHandlers(handlers: Handlers): void;
  /** Answers with a problem, and logs errors of the server. */
  errorHandler(req: GatewayRequest, res: ServerResponse, error: unknown): void;
  send404(req: GatewayRequest, res: ServerResponse): void;
  parseQueryString(req: GatewayRequest): { url: string; query: string };
}

/** A method and a path with its handler. */
interface Alias {
  readonly method: string;
  readonly path: string;
  match(url: string): object | false;
}

/** The members of moleculer-web that the mixin uses. */
interface Internals extends Web {
  readonly aliases: Alias[];
  addRoute(route: object): void;
  httpHandler(req: GatewayRequest, res: ServerResponse): Promise<void>;
  regenerateAllAutoAliases(): void;
  /** Called after routes were added: of the aliases that match, the first one answers. */
  optimizeAliasesOrder(): void;
  warnThrottled(text: string, kind: string): void;
  connectionLimits(config: Config): ConnectionLimits;
  refusals: RefusalLog;
  accessLevel: ReturnType<typeof accessLevelOf>;
  requestMetrics: RequestMetrics;
  refusalTimer: NodeJS.Timeout | undefined;
  noteRefusal(req: GatewayRequest, arrival: Arrival, problem: ProblemAnswer): void;
  isHTTPS: boolean;
  renewal: Renewal | undefined;
}

const { httpHandler } = ApiGateway.methods as {
  httpHandler(this: Internals, req: GatewayRequest, res: ServerResponse): Promise<void>;
};

/** The mixin brings neither routes nor an edge. */
export function webMixin(): Partial<ServiceSchema> {
  return defineMixin<Internals>({
    mixins: [ApiGateway],
    settings: {
      // An empty list would expose every action.
      routes: null,
      logRouteRegistration: null,
      rootCallOptions(options: { requestID?: string }, req: GatewayRequest) {
        options.requestID = req.arrival.requestId;
      },
    },
    actions: { listAliases: false, addRoute: false, removeRoute: false },
    methods: {
      createServer() {
        const { config } = platformOf(this.broker);
        const files = config.certificate;
        const limits = this.connectionLimits(config);
        const server = makeServer((req, res) => void this.httpHandler(req as GatewayRequest, res), {
          certificate: files === null ? null : readCertificate(files),
          limits,
          onCrowd: (crowd, address) =>
            this.warnThrottled(`${crowdText(crowd, address, limits)}: more connections are refused`, crowd),
        });
        // Only this method sets `server`.
        (this as { server: Server }).server = server;
        this.isHTTPS = files !== null;
        if (files === null || !(server instanceof SecureServer)) return;
        const outage = new Outage("The certificate can't be renewed", this.logger);
        this.renewal = renewCertificate(server, files, outage);
      },
      connectionLimits(config: Config): ConnectionLimits {
        const { connectionLimit, connectionLimitAddress, trustedProxies } = config;
        const total = connectionsWithin(connectionLimit, openFileLimit());
        if (total < connectionLimit) {
          const raise = `raise the limit of open files to ${connectionLimit + RESERVED_FILES}, or lower CONNECTION_LIMIT`;
          this.logger.warn(`This process can have ${total} connections, not ${connectionLimit}: ${raise}`);
        }
        return { total, ofAddress: connectionLimitAddress, isExempt: proxyFinder(trustedProxies) };
      },
      /** Never rejects, because no caller would handle it. */
      async httpHandler(req: GatewayRequest, res: ServerResponse) {
        try {
          const admitted = this.edge.admit(req, res);
          this.requestMetrics.count(req, res);
          if (this.accessLevel !== null) logAccess(req, res, this.logger, this.accessLevel);
          if (admitted === 'done') return;
          if (admitted instanceof Problem) throw admitted;
          // moleculer-web would run the action of the method in the preflight.
          if (req.method === 'OPTIONS') this.send404(req, res);
          else await logRequest(req.arrival.requestId, () => httpHandler.call(this, req, res));
        } catch (error) {
          this.errorHandler(req, res, error);
        }
      },
      /** Keeps the query as text: each route knows its parameters. */
      parseQueryString({ url = '/' }: GatewayRequest) {
        const mark = url.indexOf('?');
        return mark === -1 ? { url, query: '' } : { url: url.slice(0, mark), query: url.slice(mark + 1) };
      },
      addHandlers(handlers: Handlers) {
        const wrap = (handler: WebHandler) => async (req: GatewayRequest, res: ServerResponse) => {
          try {
            await handler(req, res, (req as { $ctx?: unknown }).$ctx as Context<unknown, RequestMeta>);
          } catch (error) {
            this.errorHandler(req, res, error);
          }
        };
        this.addRoute({
          path: '/',
          mappingPolicy: 'restrict',
          mergeParams: false,
          bodyParsers: false,
          logging: false,
          pathToRegexpOptions: { sensitive: true },
          aliases: Object.fromEntries(Object.entries(handlers).map(([route, each]) => [route, wrap(each)])),
        });
      },
      optimizeAliasesOrder() {
        this.aliases.sort((a, b) => byFixedSegments(a.path, b.path));
      },
      send404(req: GatewayRequest, res: ServerResponse) {
        const { url } = this.parseQueryString(req);
        const matching = this.aliases.filter((alias) => alias.match(url));
        const [first] = matching;
        if (first === undefined) {
          if (this.pages.answer(req, res, url)) return;
          return this.errorHandler(req, res, new Problem('not_found'));
        }
        const methods = matching.filter(({ path }) => path === first.path).map(({ method }) => method);
        res.setHeader('Allow', [...new Set(methods)].join(', '));
        this.errorHandler(req, res, new Problem('method_not_allowed'));
      },
      errorHandler(req: GatewayRequest, res: ServerResponse, error: unknown) {
        if (error instanceof ClientGone) return;
        const problem = problemOf(error);
        const arrival = req.arrival ?? UNKNOWN_ARRIVAL;
        const { requestId } = arrival;
        this.noteRefusal(req, arrival, problem);
        const what = `${req.method} ${req.parsedUrl}, request ${requestId}`;
        if (problem.status >= 503) this.warnThrottled(`${what}: ${String(error)}`, (error as Error).name);
        // Only the stack: other fields of a driver's error may hold data of a client.
        if (problem.status === 500)
          this.logger.error(what, error instanceof Error ? error.stack : String(error));
        if (problem.status === 401 && !res.headersSent) {
          const { realm } = platformOf(this.broker).config.product;
          res.setHeader('WWW-Authenticate', challengeOf(problem.code, realm));
        }
        sendProblem(res, problem, requestId);
      },
      noteRefusal(req: GatewayRequest, { address, userId, requestId }: Arrival, problem: ProblemAnswer) {
        const { status, code } = problem;
        const { url } = this.parseQueryString(req);
        const method = req.method ?? '';
        this.refusals.note({ method, path: url, status, code, address, userId: userId ?? null, requestId });
      },
      sendError(req: GatewayRequest, res: ServerResponse, error: unknown) {
        this.errorHandler(req, res, error);
      },
    },
    created() {
      this.warnThrottled = throttle((text) => this.logger.warn(text));
      this.accessLevel = accessLevelOf(platformOf(this.broker).config);
      this.requestMetrics = new RequestMetrics(this.broker.metrics);
      this.refusals = new RefusalLog((text) => this.logger.info(text));
      // Announcements of other nodes never create routes.
      this.regenerateAllAutoAliases = () => {};
    },
    started() {
      this.refusalTimer = setInterval(() => this.refusals.flush(), REFUSAL_WINDOW_MS).unref();
    },
    stopped() {
      clearInterval(this.refusalTimer);
      this.refusals.flush();
      this.renewal?.stop();
    },
  });
}
