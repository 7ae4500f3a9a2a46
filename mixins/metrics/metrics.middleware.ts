/**
 * Gives a node its metrics: those of the framework that are worth their cost, and those of the
 * process.
 */
import type { BrokerOptions, Middleware, ServiceBroker } from 'moleculer';
import { addDiskMetrics } from '#mixins/disk/disk.ts';
import type { Config } from '../../config.ts';
import { Metrics, setMetrics } from './metrics.ts';
import { ProcessFigures } from './process-figures.ts';
import { TextReporter } from './text-reporter.ts';

/** Metrics of Moleculer that are shown, with the names and units that Prometheus expects. */
const OF_MOLECULER: Readonly<Record<string, string>> = {
  'moleculer.request.total': 'action_calls_total',
  'moleculer.request.error.total': 'action_errors_total',
  'moleculer.request.time': 'action_duration_milliseconds',
  'moleculer.registry.nodes.online.total': 'nodes_online',
};
/** Upper bounds of the time of a call, in milliseconds. Each adds a line for each action. */
const CALL_BUCKETS = [5, 25, 100, 500, 2_500];

export interface NodeMetrics {
  /** For the options of the broker. */
  readonly metrics: NonNullable<BrokerOptions['metrics']>;
  readonly middleware: Middleware;
}

/** The names begin with that of the product: `toys_outbox_backlog_events`. */
export function nodeMetrics({
  metrics,
  product,
  dataDir,
}: Pick<Config, 'metrics' | 'product' | 'dataDir'>): NodeMetrics {
  const reporter =
    metrics === 'off'
      ? null
      : new TextReporter({
          // Ours have no dots.
          includes: ['*', ...Object.keys(OF_MOLECULER)],
          metricNameFormatter: (name) => `${product.name}_${OF_MOLECULER[name] ?? name}`,
          labelNameFormatter: (name) => (name === 'errorType' ? 'code' : name),
          defaultLabels: () => ({}),
        });
  const figures = new ProcessFigures();
  return {
    // The figures of processes would have their arguments, users and addresses as labels.
    metrics: { enabled: reporter !== null, collectProcessMetrics: false, reporter: reporter as never },
    middleware: {
      name: 'NodeMetrics',
      created(broker) {
        const all = new Metrics(broker, reporter);
        setMetrics(broker, all);
        all.add(figures.source(product.name));
        addDiskMetrics(all, dataDir);
      },
      starting(broker) {
        if (reporter === null) return Promise.resolve();
        curb(broker);
        figures.start();
        return Promise.resolve();
      },
      stopped() {
        figures.stop();
        return Promise.resolve();
      },
    },
  };
}

/**
 * Makes Moleculer's metrics cheap, before the first value. It would keep every time of a minute for
 * its quantiles, and a timer for each rate. A label for the caller would multiply all series.
 */
function curb({ metrics }: ServiceBroker): void {
  for (const metric of metrics.store.values()) {
    Object.assign(metric, { rate: false, quantiles: undefined });
  }
  const labelNames = ['action', 'type'];
  metrics.register({
    name: 'moleculer.request.total',
    type: 'counter',
    description: 'Calls of actions, by where they ran (local, remote)',
    labelNames,
  });
  metrics.register({
    name: 'moleculer.request.error.total',
    type: 'counter',
    description: 'Calls of actions that failed or were refused, by the code',
    labelNames: ['action', 'errorType'],
  });
  metrics.register({
    name: 'moleculer.request.time',
    type: 'histogram',
    description: 'How long calls of actions took',
    buckets: CALL_BUCKETS,
    labelNames,
  });
}
