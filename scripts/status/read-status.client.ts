/** Asks all nodes for their state, as an operator. */
import { type CauseItem, type CausePage, listAllCauses } from '#mixins/consumer/all-causes.ts';
import type { ConsumerStats } from '#mixins/consumer/stats.ts';
import { readDisk } from '#mixins/disk/disk.ts';
import type { LoopStats } from '#mixins/loops/loops.ts';
import type { OutboxStats } from '#mixins/outbox/maintenance.ts';
import { registryOf } from '#mixins/registry.ts';
import type { Cluster } from '#mixins/repl/cluster.ts';
import { explain } from '#mixins/repl/explain.ts';
import type { Condition } from '#mixins/status/condition.ts';
import { mergeReports, type NodeReport, type ServiceReport } from '#mixins/status/merge-reports.ts';
import { troublesOf } from '#mixins/status/troubles.ts';
import type { SystemHealth } from '#schemas/answers/system.ts';
import { MAX_PAGE_SIZE } from '#schemas/params.ts';
import { conditionOfDisk } from './disk.ts';

const LOOPS = 'loops.stats';
const CONSUMERS = 'consumers.stats';
const OUTBOX = 'outbox.stats';
const CONDITION = 'condition';
const CAUSES = 'deadLetters.causes';

export interface Status extends Omit<SystemHealth, 'mails'> {
  /** What is wrong, in one line each. Empty for a healthy system. */
  readonly troubles: readonly string[];
  /** Open dead letters of consumers and loops. */
  readonly deadLetters: readonly CauseItem[];
  /** What single services say about their work, by name. */
  readonly figures: Readonly<Record<string, string>>;
}

/** Every service of the product is asked, whether it runs or not. */
export async function readStatus(cluster: Cluster): Promise<Status> {
  const at = new Date();
  const services = [...cluster.config.product.services.keys()].sort();
  const { dataDir } = cluster.config;
  const [reports, answers, causes, disk] = await Promise.all([
    Promise.all(services.map((service) => reportOf(cluster, service))),
    Promise.all(cluster.servicesWith(CONDITION).map((service) => conditionOf(cluster, service))),
    causesIn(cluster),
    readDisk(dataDir, Date.now()).then((read) => conditionOfDisk(read, dataDir)),
  ]);
  const { mails: _, ...health } = mergeReports(reports, at);
  const outboxesSilent = reports
    .filter(({ service, outbox }) => outbox === null && cluster.nodesWith(service, OUTBOX).length > 0)
    .map(({ service }) => `The outbox of ${service} could not be read. See: outboxes`);
  const troubles = troublesOf({ ...health, mails: null }, [...answers, disk], causes.items);
  const lettersSilent = causes.missing.map(
    (service) => `The dead letters of ${service} could not be read. See: dead-letters`,
  );
  return {
    ...health,
    troubles: [...troubles, ...outboxesSilent, ...lettersSilent],
    deadLetters: causes.items,
    figures: Object.assign({}, ...[...answers, disk].map(({ figures }) => figures)),
  };
}

async function reportOf(cluster: Cluster, service: string): Promise<ServiceReport> {
  const [nodes, outbox] = await Promise.all([nodesOf(cluster, service), outboxOf(cluster, service)]);
  const answered = nodes.filter((node) => node !== null);
  return { service, nodes: answered, silent: nodes.length - answered.length, outbox, mails: null };
}

/**
 * A node that does not answer is null. Services without a database have no loops, and are counted.
 */
async function nodesOf(cluster: Cluster, service: string): Promise<(NodeReport | null)[]> {
  const isAsked = cluster.nodesWith(service, LOOPS).length > 0;
  if (!isAsked) {
    const running = registryOf(cluster.broker)
      .services()
      .filter(({ name }) => name === service);
    return running.map(() => ({ loops: [], consumers: [] }));
  }
  const [loops, consumers] = await Promise.all([
    cluster.askAll<LoopStats[]>(service, LOOPS),
    cluster.askAll<ConsumerStats[]>(service, CONSUMERS),
  ]);
  return loops.map((answer) => {
    const own = consumers.find(({ node }) => node === answer.node);
    if ('error' in answer || (own !== undefined && 'error' in own)) return null;
    return { loops: answer.result, consumers: own?.result ?? [] };
  });
}

/** Null where the service has no outbox, or did not answer. */
async function outboxOf(cluster: Cluster, service: string): Promise<OutboxStats | null> {
  if (cluster.nodesWith(service, OUTBOX).length === 0) return null;
  return await cluster.ask<OutboxStats>(service, OUTBOX).catch(() => null);
}

/** `missing` are services that run and did not answer. */
async function causesIn(cluster: Cluster): Promise<Pick<CausePage, 'items' | 'missing'>> {
  const services = cluster.servicesWith(CAUSES);
  const ask = <Result>(service: string, action: string, params: object) =>
    cluster.ask<Result>(service, action, params);
  return await listAllCauses({ services, ask }, { limit: MAX_PAGE_SIZE }).catch(() => ({
    items: [],
    missing: services,
  }));
}

async function conditionOf(cluster: Cluster, service: string): Promise<Condition> {
  try {
    return await cluster.ask<Condition>(service, CONDITION);
  } catch (error) {
    return { troubles: [`The state of ${service} could not be read: ${explain(error)}`], figures: {} };
  }
}
