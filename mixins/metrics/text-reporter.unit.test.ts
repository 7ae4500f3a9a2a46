import { describe, expect, it } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { readMetrics } from '../../test/metrics.fixture.ts';
import { TextReporter } from './text-reporter.ts';

function setUp() {
  const reporter = new TextReporter({ includes: '*', defaultLabels: () => ({}) });
  const broker = new ServiceBroker({
    logger: false,
    metrics: { enabled: true, collectProcessMetrics: false, reporter: reporter as never },
  });
  return { metrics: broker.metrics, text: () => reporter.generatePrometheusResponse() };
}

describe('the text of metrics', () => {
  it('has the sum and the count of a histogram without quantiles, and its buckets in order', () => {
    const { metrics, text } = setUp();
    metrics.register({
      name: 'flight_seconds',
      type: 'histogram',
      description: 'Flights',
      buckets: [0.5, 10, 1],
    });
    for (const seconds of [0.25, 0.75, 4, 60]) metrics.observe('flight_seconds', seconds);
    expect(text()).toBe(
      [
        '# HELP flight_seconds Flights',
        '# TYPE flight_seconds histogram',
        'flight_seconds_bucket{le="0.5"} 1',
        'flight_seconds_bucket{le="1"} 2',
        'flight_seconds_bucket{le="10"} 3',
        'flight_seconds_bucket{le="+Inf"} 4',
        'flight_seconds_sum 65',
        'flight_seconds_count 4',
        '',
      ].join('\n'),
    );
    expect(() => readMetrics(text())).not.toThrow();
  });

  it('escapes labels and descriptions', () => {
    const { metrics, text } = setUp();
    metrics.register({ name: 'eggs', type: 'gauge', description: 'In a\nnest \\ box', labelNames: ['nest'] });
    metrics.set('eggs', 3, { nest: 'a "b"\n\\c' });
    expect(text().split('\n')).toEqual([
      '# HELP eggs In a\\nnest \\\\ box',
      '# TYPE eggs gauge',
      'eggs{nest="a \\"b\\"\\n\\\\c"} 3',
      '',
    ]);
  });

  it('leaves out what has no value', () => {
    const { metrics, text } = setUp();
    metrics.register({ name: 'eggs', type: 'gauge', labelNames: ['nest'] });
    metrics.register({ name: 'chicks', type: 'gauge' });
    metrics.set('eggs', null, { nest: 'oak' });
    expect(text()).toBe('\n');
  });
});
