/**
 * How long a reconciliation takes, and its longest step, for as many charges as tasks: where
 * everything agrees, and where one charge of them is gone. Arguments: tasks (1000000, in steps of
 * 50000), people (1000, dividing that).
 */
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import type { Ask } from '../services/reconciliation/compare.ts';
import { askFrom } from '../services/reconciliation/participants.client.ts';
import { loadPlan, type Plan } from '../services/reconciliation/plan.ts';
import { reconcile } from '../services/reconciliation/run.client.ts';
import { startNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { seedExchange } from './support/exchange-seed.ts';

const SERVICES = ['tasks', 'accounting', 'analytics', 'mailer'];

export default async function bench([tasks = '1000000', people = '1000']: readonly string[]): Promise<void> {
  const config = testConfig();
  try {
    // Makes and migrates the databases.
    await (await startNode(config, SERVICES)).stop();
    await seedExchange(config, Number(tasks), Number(people));
    const node = await startNode(config, SERVICES);
    const ask = askFrom(node.broker);
    const plan = await loadPlan(config.product);
    await measure(`${tasks} tasks and as many lines that agree`, plan, ask);
    await withClient(addressesOf(config, 'accounting').owner, async (client) => {
      await client.run('ALTER TABLE posting DISABLE TRIGGER ALL');
      await client.run('ALTER TABLE entry DISABLE TRIGGER ALL');
      await client.run('DELETE FROM entry WHERE posting_id = (SELECT max(id) / 2 FROM posting)');
      await client.run('DELETE FROM posting WHERE id = (SELECT max(id) / 2 FROM posting)');
    });
    await measure('the same without one charge', plan, ask);
    await node.stop();
  } finally {
    await dropNamespace(config);
  }
}

async function measure(what: string, plan: Plan, ask: Ask): Promise<void> {
  const spent = new Map<string, { calls: number; ms: number; longest: number }>();
  const begun = performance.now();
  const timed = async <Answer>(service: string, action: string, params: object) => {
    const began = performance.now();
    const answer = await ask<Answer>(service, action, params);
    const ms = performance.now() - began;
    const { set = '', check = '' } = params as { set?: string; check?: string };
    const name = [service, action, set, check].filter((part) => part !== '').join(' ');
    const { calls, ms: sum, longest } = spent.get(name) ?? { calls: 0, ms: 0, longest: 0 };
    spent.set(name, { calls: calls + 1, ms: sum + ms, longest: Math.max(longest, ms) });
    return answer;
  };
  const { counts } = await reconcile(plan, timed, (part, error) => {
    throw new Error(`${part} failed`, { cause: error });
  });
  const seconds = (performance.now() - begun) / 1_000;
  console.log(`${what}: ${seconds.toFixed(1)} s; found ${JSON.stringify(counts)}`);
  const steps = [...spent].sort(([, a], [, b]) => b.ms - a.ms).slice(0, 12);
  for (const [name, { calls, ms, longest }] of steps) {
    console.log(
      `  ${name}: ${calls} steps, ${(ms / 1_000).toFixed(1)} s, the longest ${longest.toFixed(0)} ms`,
    );
  }
}
