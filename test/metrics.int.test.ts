/** The metrics of a running system, and the files for Prometheus and Grafana that name them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SAMPLES_FILE } from '#mixins/disk/disk.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';
import { figureOf, type Metric, readMetrics } from './metrics.fixture.ts';

/** Its disk fills up within some days. */
const dataDir = mkdtempSync(`${tmpdir()}/metrics-test-`);
const config = testConfig({ adminBeak: ADMIN_BEAK, dataDir });
let node: HttpNode;
let address: string;

beforeAll(async () => {
  const before = { at: Date.now() - 2 * 86_400_000, freeBytes: Number.MAX_SAFE_INTEGER };
  writeFileSync(`${dataDir}/${SAMPLES_FILE}`, JSON.stringify([before]));
  node = await startHttpNode(config, [...config.product.services.keys()]);
  address = node.api.replace('/api/v1', '');
  await node.admin.register('pip', ['developer']);
  await node.admin.createTask('Wash the cage');
  const reconcile = async () => (await node.admin.request('GET', '/analytics/reconciliation')).status;
  await until(async () => (await reconcile()) === 200, { within: 60_000, what: 'a reconciliation' });
});

afterAll(async () => {
  await node?.stop();
  await dropNamespace(config);
  rmSync(dataDir, { recursive: true });
});

const ask = (headers: Record<string, string> = {}) => fetch(`${address}/metrics`, { headers });

/** Readings are kept for some seconds, so a new value may take as long. */
function metricsWhen(isThere: (metrics: ReadonlyMap<string, Metric>) => boolean) {
  return until(
    async () => {
      const metrics = readMetrics(await (await ask()).text());
      return isThere(metrics) && metrics;
    },
    { within: 20_000, what: 'these metrics' },
  );
}

/**
 * The metrics that expressions of Prometheus name; a histogram without the suffixes of its lines.
 */
function namesIn(text: string): string[] {
  const names = text.match(/\bates_[a-z_]+/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))];
}

const fileOf = (path: string) => readFileSync(new URL(`../containers/${path}`, import.meta.url), 'utf8');

describe('the metrics of a running system', () => {
  it.each(['prometheus/alerts.yml', 'grafana/dashboard.json'])('include all that %s names', async (path) => {
    const names = namesIn(fileOf(path));
    expect(names.length).toBeGreaterThan(10);
    const metrics = await metricsWhen((each) => each.has('ates_reconciliation_age_seconds'));
    expect(names.filter((name) => !metrics.has(name))).toEqual([]);
  });

  it('are in the format of Prometheus, and each says what it is', async () => {
    const answer = await ask();
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const metrics = readMetrics(await answer.text());
    expect(metrics.size).toBeGreaterThan(40);
    expect([...metrics].filter(([, { help }]) => help === '').map(([name]) => name)).toEqual([]);
  });

  it('SYS-3: count requests by route and status, and name no path that a client chose', async () => {
    await fetch(`${node.api}/tasks/00000000-0000-7000-8000-000000000000`);
    await fetch(`${node.api}/chosen/by/a/client`);
    const text = await (await ask()).text();
    const metrics = readMetrics(text);
    const count = (labels: Record<string, string>) => figureOf(metrics, 'ates_http_requests_total', labels);
    expect(count({ method: 'POST', route: '/api/v1/tasks', status: '201' })).toBe(1);
    expect(count({ method: 'GET', route: '/api/v1/tasks/:id', status: '401' })).toBe(1);
    expect(count({ method: 'other', route: 'other', status: '404' })).toBe(1);
    expect(text).not.toContain('chosen');
  });

  it('KEEP-1: say in how many days the disk is full', async () => {
    const metrics = await metricsWhen((each) => each.has('ates_disk_full_days'));
    expect(figureOf(metrics, 'ates_disk_full_days')).toBeGreaterThan(0);
    const size = figureOf(metrics, 'ates_disk_size_bytes');
    expect(figureOf(metrics, 'ates_disk_free_bytes')).toBeLessThanOrEqual(size ?? 0);
  });

  it('have the state of outboxes, consumers, loops, books and mails', async () => {
    const metrics = await metricsWhen((each) => each.has('ates_invariant_violations'));
    expect(figureOf(metrics, 'ates_relay_published_total', { service: 'tasks' })).toBeGreaterThan(0);
    expect(figureOf(metrics, 'ates_consumer_running', { consumer: 'accounting-tasks' })).toBe(1);
    expect(figureOf(metrics, 'ates_consumer_events_total', { consumer: 'accounting-tasks' })).toBe(1);
    expect(figureOf(metrics, 'ates_loop_stalled', { loop: 'accounting-seal' })).toBe(0);
    expect(figureOf(metrics, 'ates_mails_queued')).toBe(0);
    for (const invariant of [
      'entries_sum_to_zero',
      'balances_are_sums_of_entries',
      'charged_and_paid_once',
    ]) {
      expect(figureOf(metrics, 'ates_invariant_violations', { invariant })).toBe(0);
    }
  });

  it('can all be read', async () => {
    const metrics = readMetrics(await (await ask()).text());
    const sources = metrics.get('ates_metrics_unreadable')?.lines ?? [];
    expect(sources.length).toBeGreaterThan(30);
    expect(sources.filter(({ value }) => value !== 0)).toEqual([]);
  });

  it.each(['X-Forwarded-For', 'Forwarded', 'Via'])(
    'SYS-3: are refused through a proxy (%s)',
    async (name) => {
      const answer = await ask({ [name]: 'for=203.0.113.7' });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'metrics_refused' });
    },
  );
});
