/** A strict reader of Prometheus' text format. */

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly type: string;
  readonly help: string;
  readonly lines: Line[];
}

const LINE = /^([a-z_]+)(?:\{(.*)\})? (-?[0-9.e+-]+)$/;
const LABEL = /([a-zA-Z_]+)="((?:[^"\\\n]|\\[\\"n])*)"/g;
const SUFFIX = /_(?:bucket|sum|count)$/;

function lineOf(text: string): Line {
  const [, name, labels = '', value] = LINE.exec(text) ?? [];
  if (name === undefined || Number.isNaN(Number(value))) throw new Error(`Not a line of a metric: ${text}`);
  const pairs = [...labels.matchAll(LABEL)];
  if (pairs.map(([pair]) => pair).join(',') !== labels) throw new Error(`Malformed labels: ${text}`);
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', of = '']) => [label, of])),
    value: Number(value),
  };
}

/** Throws for lines that Prometheus would not take, and for metrics or values that come twice. */
export function readMetrics(text: string): ReadonlyMap<string, Metric> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  const metrics = new Map<string, Metric>();
  const seen = new Set<string>();
  let help: readonly [string, string] | undefined;
  let current: [string, Metric] | undefined;
  for (const each of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(each) ?? [];
    if (kind === 'HELP') help = [name, rest];
    else if (kind === 'TYPE') {
      if (help?.[0] !== name || metrics.has(name)) throw new Error(`Not the place for: ${each}`);
      current = [name, { type: rest, help: help[1], lines: [] }];
      metrics.set(...current);
    } else {
      const line = lineOf(each);
      const base = current?.[1].type === 'histogram' ? line.name.replace(SUFFIX, '') : line.name;
      const key = JSON.stringify([line.name, line.labels]);
      if (base !== current?.[0] || seen.has(key)) throw new Error(`Not the place for: ${each}`);
      seen.add(key);
      current[1].lines.push(line);
    }
  }
  for (const [name, metric] of metrics) if (metric.type === 'histogram') checkHistogram(name, metric);
  return metrics;
}

/** The buckets of a series rise in both, and end with its count. */
function checkHistogram(name: string, { lines }: Metric): void {
  let before = { limit: Number.NEGATIVE_INFINITY, value: 0 };
  for (const { name: own, labels, value } of lines) {
    if (own === `${name}_bucket`) {
      const limit = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
      if (!(limit > before.limit) || value < before.value)
        throw new Error(`Wrong order: ${name} ${labels.le}`);
      before = { limit, value };
    } else if (own === `${name}_count`) {
      if (before.limit !== Number.POSITIVE_INFINITY || value !== before.value)
        throw new Error(`Wrong count: ${name}`);
      before = { limit: Number.NEGATIVE_INFINITY, value: 0 };
    }
  }
}

/** The value of the line with these labels; undefined without one. */
export function figureOf(
  metrics: ReadonlyMap<string, Metric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const isMeant = (line: Line) =>
    Object.entries(labels).every(([label, value]) => line.labels[label] === value);
  return metrics.get(name)?.lines.find(isMeant)?.value;
}
