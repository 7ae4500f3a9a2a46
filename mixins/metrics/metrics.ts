/**
 * The metrics of a node, in Moleculer's registry. Code that is called often counts in the registry
 * itself (`broker.metrics`). Values that others hold already are read when somebody asks for the
 * metrics, and at most every few seconds.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBroker } from 'moleculer';
import { CallScope, runInScope } from '#mixins/call-scope.ts';
import type { TextReporter } from './text-reporter.ts';

const SETTINGS = {
  /**
   * Values that are younger are not read again, in milliseconds: several readers share a reading.
   */
  keptMs: 5_000,
  /** Sources that do not answer within this many milliseconds have no values. */
  withinMs: 2_000,
};
/** Tests set other values. */
export type MetricsSettings = typeof SETTINGS;

interface DeclaredMetric {
  readonly type: 'gauge' | 'counter';
  /** What it counts or measures. Its unit is in its name (`_seconds`, `_bytes`, `_total`). */
  readonly help: string;
}

/** The values of a source for one combination of labels. Null: there is none at the moment. */
export interface Sample<Name extends string> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: Readonly<Partial<Record<Name, number | null>>>;
}

/** Values that are read together. */
export interface MetricSource<Name extends string> {
  /** Such as `parrots-outbox`. The sources with the same first word are read one after another. */
  readonly name: string;
  readonly metrics: Readonly<Record<Name, DeclaredMetric>>;
  /** The number of different values of each must be bounded. Default: none. */
  readonly labels?: readonly string[];
  /**
   * Must be cheap however long the system has run. Statements get the time limit of the reading.
   */
  read(): readonly Sample<Name>[] | Promise<readonly Sample<Name>[]>;
}

const UNREADABLE = 'metrics_unreadable';

export class Metrics {
  readonly #broker: ServiceBroker;
  readonly #reporter: TextReporter | null;
  readonly #settings: MetricsSettings;
  /** By the first word of their names. */
  readonly #groups = new Map<string, MetricSource<string>[]>();
  /** The values that each source has set. */
  readonly #set = new Map<string, readonly Sample<string>[]>();
  #reading: Promise<unknown> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  /** Without a reporter there are no metrics, and nothing is ever read. */
  constructor(broker: ServiceBroker, reporter: TextReporter | null, settings: Partial<MetricsSettings> = {}) {
    this.#settings = { ...SETTINGS, ...settings };
    this.#broker = broker;
    this.#reporter = reporter;
    broker.metrics.register({
      name: UNREADABLE,
      type: 'gauge',
      description: 'Whether the values of a source could not be read: it did not answer in time, or failed',
      labelNames: ['source'],
    });
  }

  get reporter(): TextReporter | null {
    return this.#reporter;
  }

  /** Several services may add sources of the same metrics. Their labels tell them apart. */
  add<Name extends string>(source: MetricSource<Name>): void {
    if (this.#reporter === null) return;
    for (const [name, { type, help }] of Object.entries<DeclaredMetric>(source.metrics)) {
      if (this.#broker.metrics.hasMetric(name)) continue;
      const options = { name, description: help, labelNames: [...(source.labels ?? [])] };
      if (type === 'counter') this.#broker.metrics.register({ ...options, type });
      else this.#broker.metrics.register({ ...options, type });
    }
    const [group = ''] = source.name.split('-', 1);
    // A service that starts again replaces its own.
    const others = (this.#groups.get(group) ?? []).filter(({ name }) => name !== source.name);
    this.#groups.set(group, [...others, source]);
  }

  /** Reads all sources, unless that has just been done. Takes some two seconds at most. */
  async refresh(): Promise<void> {
    if (performance.now() - this.#readAt < this.#settings.keptMs) return;
    this.#reading ??= Promise.all([...this.#groups.values()].map((group) => this.#readGroup(group))).finally(
      () => {
        this.#reading = undefined;
        this.#readAt = performance.now();
      },
    );
    await this.#reading;
  }

  /**
   * One after another, so that the metrics of a service take one connection of its pool at most.
   */
  async #readGroup(sources: readonly MetricSource<string>[]): Promise<void> {
    const { withinMs } = this.#settings;
    const ending = new AbortController();
    const timeout = delay(withinMs, null, { signal: ending.signal }).catch(() => null);
    const scope = new CallScope(performance.now() + withinMs, undefined, false);
    for (const source of sources) {
      const reading = (async () => runInScope(scope, () => source.read()))().catch(() => null);
      this.#show(source, await Promise.race([reading, timeout]));
    }
    ending.abort();
  }

  /** Values that are gone get no lines any more. */
  #show(source: MetricSource<string>, samples: readonly Sample<string>[] | null): void {
    const { metrics } = this.#broker;
    for (const { labels, values } of this.#set.get(source.name) ?? []) {
      for (const name of Object.keys(values)) metrics.set(name, null, labels);
    }
    for (const { labels, values } of samples ?? []) {
      for (const [name, value] of Object.entries(values)) metrics.set(name, value ?? null, labels);
    }
    this.#set.set(source.name, samples ?? []);
    metrics.set(UNREADABLE, samples === null ? 1 : 0, { source: source.name });
  }
}

const known = new WeakMap<ServiceBroker, Metrics>();

export function setMetrics(broker: ServiceBroker, metrics: Metrics): void {
  known.set(broker, metrics);
}

/** Those of a broker that was made without `metricsMiddleware` take sources and ignore them. */
export function metricsOf(broker: ServiceBroker): Metrics {
  const metrics = known.get(broker) ?? new Metrics(broker, null);
  known.set(broker, metrics);
  return metrics;
}
