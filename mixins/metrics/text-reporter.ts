/**
 * Writes the metrics of a node in Prometheus' text format. It is Moleculer's reporter without its
 * server, which would listen on all addresses. It corrects three mistakes: histograms without
 * quantiles had no sum and no count, other lines were not part of the format, and a line break in
 * the value of a label was not escaped.
 */
import { type MetricRegistry, MetricReporters } from 'moleculer';

type Labels = Readonly<Record<string, unknown>>;

/** One value of a metric. Which fields it has depends on the type of the metric. */
interface Item {
  readonly labels: Labels;
  readonly value?: number | null;
  readonly count?: number;
  readonly sum?: number;
  readonly buckets?: Readonly<Record<string, number>>;
}

/** The media type of the format. */
export const METRICS_MEDIA = 'text/plain; version=0.0.4; charset=utf-8';

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

export class TextReporter extends MetricReporters.Prometheus {
  override init(registry: MetricRegistry): void {
    // Prometheus' own `init` begins to listen.
    MetricReporters.Base.prototype.init.call(this, registry);
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }

  override escapeLabelValue(value: unknown): string {
    return escaped(String(value)).replaceAll('"', '\\"');
  }

  /** Metrics without a value are left out. */
  override generatePrometheusResponse(): string {
    const lines: string[] = [];
    for (const metric of this.registry.store.values()) {
      if (!this.matchMetricName(metric.name)) continue;
      const name = this.formatMetricName(metric.name);
      const items = metric.snapshot() as unknown as readonly Item[];
      const values = items.flatMap((item) => this.#linesOf(name, item));
      if (values.length === 0) continue;
      lines.push(
        `# HELP ${name} ${escaped(metric.description ?? '')}`,
        `# TYPE ${name} ${metric.type}`,
        ...values,
      );
    }
    return `${lines.join('\n')}\n`;
  }

  #linesOf(name: string, { labels, value, count = 0, sum = 0, buckets }: Item): string[] {
    const line = (suffix: string, number: number, extra: Record<string, string> = {}) =>
      `${name}${suffix}${this.labelsToStr(labels, extra)} ${number}`;
    if (buckets === undefined) return typeof value === 'number' ? [line('', value)] : [];
    return [
      // Keys that look like whole numbers come first in an object.
      ...Object.entries(buckets)
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([le, below]) => line('_bucket', below, { le })),
      line('_bucket', count, { le: '+Inf' }),
      line('_sum', sum),
      line('_count', count),
    ];
  }
}
