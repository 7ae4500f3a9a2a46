/**
 * Owns: HTTP: the routes, authentication of requests, limits, errors, health.
 * Publishes: nothing.
 * Consumes: nothing; it reads the identity view of its node.
 * Never: decides about business state, names a service, or is the only one to check a token.
 */
import type { ServiceSchema, Validators } from 'moleculer';
import { defineService } from '#mixins/define-service.ts';
import { serve } from '#mixins/identity/serve.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { platformOf } from '#mixins/platform.ts';
import { tracesOf } from '#mixins/tracing/traces.ts';
import type { ActionContract } from '#schemas/action.ts';
import resendAction from '#schemas/actions/gateway/resend-outbox.ts';
import resumeAction from '#schemas/actions/gateway/resume-consumer.ts';
import healthAction from '#schemas/actions/gateway/system-health.ts';
import liveAction from '#schemas/actions/gateway/system-live.ts';
import type { EventContract } from '#schemas/event.ts';
import { loadProductActions, loadProductAnswers, loadProductEvents } from '#schemas/load.ts';
import { processConfig } from '../../config.ts';
import { VERSION } from '../../product.ts';
import { Edge } from './answers/edge.http.ts';
import { FEED_SETTINGS, type FeedSettings } from './answers/feed.http.ts';
import { type Feeds, makeFeeds } from './answers/feeds.http.ts';
import {
  documentHandlers,
  healthHandlers,
  keysHandlers,
  metaHandlers,
  metricsHandlers,
  routeHandlers,
  securityHandlers,
} from './answers/handlers.http.ts';
import { RequestTraces } from './answers/request-traces.http.ts';
import { asyncApiDocument } from './asyncapi/document.ts';
import { connectionMetrics } from './connections/connection-metrics.client.ts';
import { Pauses } from './connections/pauses.worker.ts';
import { drain } from './connections/server.http.ts';
import { docsHandlers } from './docs/docs.http.ts';
import { OPEN_DAY_ACTIONS, openDays } from './meta/open-day.client.ts';
import { openApiDocument } from './openapi/document.ts';
import { Pages } from './pages/pages.http.ts';
import { Readiness } from './readiness/readiness.worker.ts';
import { obstacleOf, readinessProbe } from './readiness/readiness-probe.client.ts';
import { LOOP_ACTIONS, type StalledLoops, stalledLoops } from './readiness/stalled-loops.client.ts';
import { Cookies } from './requests/cookies.ts';
import { type Check, routesOf } from './requests/routes.ts';
import { ServiceUses, USES_ACTIONS } from './requests/service-uses.client.ts';
import { OPERATOR_ACTIONS, resendOutbox, resumeConsumer } from './system/operate.client.ts';
import { HEALTH_ACTIONS, SystemHealthView } from './system/system-health.client.ts';
import { type Web, webMixin } from './web.mixin.ts';

/** The options of a gateway. */
export interface GatewayOptions {
  readonly contracts: readonly ActionContract[];
  /** All services that must be ready before the gateway is. */
  readonly services: readonly string[];
  /** The names of shared answers in `/openapi.json`, by their rules. Default: none. */
  readonly answers?: ReadonlyMap<object, string>;
  /** The events in `/asyncapi.json`. Default: none. */
  readonly events?: readonly EventContract[];
  /** Limits of server-sent events that differ from the defaults; tests use shorter ones. */
  readonly feeds?: Partial<FeedSettings>;
}

interface Gateway extends Web {
  readiness: Readiness;
  feeds: Feeds;
  pauses: Pauses;
  stalledLoops: StalledLoops;
  serviceUses: ServiceUses;
  systemHealth: SystemHealthView;
}

/** Creates the gateway for these contracts; tests pass their own. */
export function gatewayService(options: GatewayOptions): ServiceSchema {
  const { contracts, services, answers = new Map(), events = [], feeds } = options;
  return defineService<Gateway>({
    name: 'gateway',
    mixins: [webMixin()],
    rights: {
      calls: [
        ...contracts.map(({ action }) => action),
        '*.ready',
        LOOP_ACTIONS,
        OPEN_DAY_ACTIONS,
        USES_ACTIONS,
        ...HEALTH_ACTIONS,
        ...OPERATOR_ACTIONS,
      ],
    },
    actions: {
      systemHealth: serve(healthAction, function (ctx) {
        return this.systemHealth.read(ctx);
      }),
      systemLive: serve(liveAction, function (ctx) {
        return this.systemHealth.read(ctx);
      }),
      resumeConsumer: serve(resumeAction, async (ctx) => {
        const { name } = ctx.params;
        return { name, nodes: await resumeConsumer(ctx, services, name) };
      }),
      resendOutbox: serve(resendAction, async (ctx) => {
        const { service } = ctx.params;
        return { service, events: await resendOutbox(ctx, services, service) };
      }),
    },
    created() {
      const { config, identity } = platformOf(this.broker);
      this.settings.port = config.port;
      this.settings.ip = config.host;
      this.edge = new Edge(config);
      this.pages = new Pages();
      this.readiness = new Readiness({
        services,
        ask: readinessProbe(this.broker),
        obstacle: () => (this.edge.draining ? 'stopping' : obstacleOf(this.broker, services)),
        complete: () => {
          // If a launcher started this process, the launcher prints the address.
          if (config.publicUrl !== null) this.logger.info(`ready  ${config.publicUrl}`);
        },
      });
      this.stalledLoops = stalledLoops(this.broker, services);
      this.systemHealth = new SystemHealthView(this.broker, services);
      this.serviceUses = new ServiceUses(this.broker, identity, services);
      this.feeds = makeFeeds(this.broker, identity, {
        ...FEED_SETTINGS,
        maxReadersOfUser: config.sseLimitUser,
        ...feeds,
      });
      this.pauses = new Pauses();
      // The services use the same validator. A request that passes here fails there only when the
      // contract versions differ.
      const validator = this.broker.validator as Validators.Fastest;
      const described = { title: config.product.title, version: VERSION };
      this.addHandlers({
        ...routeHandlers(
          routesOf(contracts, (rules) => validator.compile(rules) as Check, config.checkAnswers),
          {
            identity,
            cookies: new Cookies(config),
            traces: new RequestTraces(tracesOf(this.broker), config),
          },
          this.feeds,
          this.pauses,
        ),
        ...healthHandlers(this.readiness, this.stalledLoops),
        ...keysHandlers(identity),
        ...securityHandlers(config),
        ...metricsHandlers(config, metricsOf(this.broker)),
        ...metaHandlers(config, openDays(this.broker, services)),
        ...docsHandlers(config.product.title),
        ...documentHandlers(
          JSON.stringify(
            openApiDocument({
              ...described,
              introduction: config.product.introduction,
              contracts,
              answers,
            }),
          ),
          JSON.stringify(asyncApiDocument({ ...described, namespace: config.namespace, events })),
        ),
      });
      // Runs first when the node stops, while its services can still serve the running requests.
      this.broker.middlewares.add({
        name: 'GatewayDrain',
        stopping: async () => {
          this.edge.draining = true;
          this.readiness.stop();
          this.pauses.stop();
          this.feeds.stop();
          await Promise.all([
            drain(this.server),
            this.stalledLoops.loop.stop(),
            this.serviceUses.loop.stop(),
          ]);
        },
      });
    },
    async started() {
      await this.pages.load();
      metricsOf(this.broker).add(connectionMetrics(this.server, this.feeds));
      this.pauses.start();
      this.readiness.start();
      this.stalledLoops.loop.start();
      this.serviceUses.loop.start();
    },
  });
}

const { product } = processConfig();
export default gatewayService({
  contracts: await loadProductActions(product),
  services: [...product.services.keys()].filter((name) => name !== 'gateway'),
  answers: await loadProductAnswers(product),
  events: await loadProductEvents(product),
});
