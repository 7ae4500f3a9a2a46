/** Asks all nodes of the system for their state. */
import type { ServiceBroker } from 'moleculer';
import type { ConsumerStats } from '#mixins/consumer/stats.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import type { LoopStats } from '#mixins/loops/loops.ts';
import type { OutboxStats } from '#mixins/outbox/maintenance.ts';
import { registryOf } from '#mixins/registry.ts';
import { mergeReports, type NodeReport, type ServiceReport } from '#mixins/status/merge-reports.ts';
import type { MailStats, SystemHealth } from '#schemas/answers/system.ts';

const CONSUMERS = 'consumers.stats';
const LOOPS = 'loops.stats';
const OUTBOX = 'outbox.stats';
const MAILS = 'mails.stats';
const GATEWAY = 'gateway';
/** An action of every gateway. */
const OWN = `${GATEWAY}.systemHealth`;
/** The actions that the gateway calls, as its permissions name them. */
export const HEALTH_ACTIONS = [CONSUMERS, LOOPS, OUTBOX, MAILS].map((action) => `*.${action}`);

/** A node that does not answer within this many milliseconds counts as silent. */
const ANSWER_WITHIN_MS = 2_000;
/** How long an answer is shown, in milliseconds. Each asks NATS and every database. */
const FRESH_MS = 2_000;

export class SystemHealthView {
  readonly #broker: ServiceBroker;
  readonly #services: readonly string[];
  #newest: { readonly health: SystemHealth; readonly at: number } | undefined;
  #asking: Promise<SystemHealth> | undefined;

  /** `services` are those of the product, whether they run or not. */
  constructor(broker: ServiceBroker, services: readonly string[]) {
    this.#broker = broker;
    this.#services = services.toSorted();
  }

  /**
   * Nodes that are asked check the token of the request, as this one did. Requests share answers.
   */
  read(ctx: RequestContext): Promise<SystemHealth> {
    const newest = this.#newest;
    if (newest !== undefined && performance.now() - newest.at < FRESH_MS)
      return Promise.resolve(newest.health);
    this.#asking ??= this.#ask(ctx).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(ctx: RequestContext): Promise<SystemHealth> {
    const askedAt = new Date();
    const at = performance.now();
    const reports = await Promise.all(this.#services.map((service) => this.#report(ctx, service)));
    const health = mergeReports([...reports, this.#ownReport()], askedAt);
    this.#newest = { health, at };
    return health;
  }

  /** Gateways have no loops of items, so they are counted and not asked. */
  #ownReport(): ServiceReport {
    const nodes = registryOf(this.#broker)
      .nodesWith(OWN)
      .map(() => ({ consumers: [], loops: [] }));
    return { service: GATEWAY, nodes, silent: 0, outbox: null, mails: null };
  }

  async #report(ctx: RequestContext, service: string): Promise<ServiceReport> {
    const nodeIds = registryOf(this.#broker).nodesWith(`${service}.${LOOPS}`);
    const [nodes, outbox, mails] = await Promise.all([
      Promise.all(nodeIds.map((nodeID) => this.#reportOfNode(ctx, service, nodeID))),
      this.#call<OutboxStats>(ctx, `${service}.${OUTBOX}`),
      this.#call<MailStats>(ctx, `${service}.${MAILS}`),
    ]);
    const answered = nodes.filter((node) => node !== null);
    return { service, nodes: answered, silent: nodes.length - answered.length, outbox, mails };
  }

  async #reportOfNode(ctx: RequestContext, service: string, nodeID: string): Promise<NodeReport | null> {
    const [loops, consumers] = await Promise.all([
      this.#call<LoopStats[]>(ctx, `${service}.${LOOPS}`, nodeID),
      this.#call<ConsumerStats[]>(ctx, `${service}.${CONSUMERS}`, nodeID),
    ]);
    return loops === null ? null : { loops, consumers: consumers ?? [] };
  }

  /** Null if no node, or not this one, runs the action, or there is no answer in time. */
  async #call<Result>(ctx: RequestContext, action: string, nodeID?: string): Promise<Result | null> {
    const nodes = registryOf(this.#broker).nodesWith(action);
    if (nodes.length === 0 || (nodeID !== undefined && !nodes.includes(nodeID))) return null;
    const options = { timeout: ANSWER_WITHIN_MS, ...(nodeID === undefined ? {} : { nodeID }) };
    return await ctx.call<Result, object>(action, {}, options).catch(() => null);
  }
}
