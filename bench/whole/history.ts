/** History of other people, made by set-based statements. They have no accounts at auth. */
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { until } from '../../test/harness/wait.ts';
import { type Seedable, seedJournal, vacuum } from '../support/journal-seed.ts';
import type { Scene } from './scene.ts';
import type { System } from './system.ts';

const PEOPLE = 1_000;
/** Rows are made in steps, each within the statement's time limit. */
const STEP = 50_000;
const SEALED_WITHIN_MS = 30 * 60_000;

const TASK = `('0194b000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid`;
const LINE = `('0194b000-0000-7000-8003-' || lpad(n::text, 12, '0'))::uuid`;
/** One of those of journal-seed.ts. */
const OWNER = `('0195c000-0000-7000-8001-' || lpad((n % ${PEOPLE})::text, 12, '0'))::uuid`;
/** Within the last 30 days, but not today. */
const PAST = `now() - interval '1 day' - n % 29 * interval '1 day'`;
/** $1 first number, $2 one beyond the last. */
const NUMBERS = 'generate_series($1::integer, $2::integer - 1) AS n';

const TASKS: Readonly<Record<string, readonly string[]>> = {
  tasks: [
    `INSERT INTO task (id, title, description, status, assignee_id, created_by_id, created_by_name, created_at, completed_at, version)
     SELECT ${TASK}, 'Wash the cage', '', 'done', ${OWNER}, ${OWNER}, 'Pip', ${PAST}, ${PAST}, 2 FROM ${NUMBERS}`,
    `INSERT INTO assignment (task_id, version, assignee_id, assigned_at)
     SELECT ${TASK}, 1, ${OWNER}, ${PAST} FROM ${NUMBERS}`,
  ],
  audit: [
    `INSERT INTO audit_record (event_id, at, sequence, whole_state, stream, type, subject, source, actor_id, correlation_id, data)
     SELECT ${TASK}, ${PAST}, 1, false, 'TASKS', 'tasks.task.created.v1', 'task/' || ${TASK}, 'tasks', ${OWNER}::text, ${TASK}::text, '{}'
     FROM ${NUMBERS}`,
  ],
};

const LINES: Readonly<Record<string, readonly string[]>> = {
  analytics: [
    `INSERT INTO operation (slot, business_day, entry_id, owner_id, owner_type, sequence, kind, amount, balance_after,
       occurred_at, posted_at, reference_type, reference_id, reference_title)
     SELECT (SELECT slot FROM generation WHERE state = 'live'), (${PAST})::date, ${LINE}, ${OWNER}, 'employee', n + 1, 'fee',
       -1500, -1500, ${PAST}, ${PAST}, 'task', 'x', 'Wash the cage' FROM ${NUMBERS}`,
  ],
};

/** Blocks of the seal cover the journal from its beginning. */
const UNSEALED = `SELECT (SELECT coalesce(max(id), 0) FROM posting) - (SELECT coalesce(max(last_position), 0) FROM seal) AS count`;

/** The services whose tables grow. */
export const GROWN = ['tasks', 'accounting', 'analytics', 'audit'] as const;

/**
 * As many as the amounts say; none in a short run. Autovacuum would make statistics only a minute
 * later.
 */
export async function seedHistory({ system, amounts, backlog }: Scene): Promise<void> {
  const { tasks, lines } = amounts.history;
  if (tasks + lines === 0) return;
  await inSteps(system, TASKS, tasks);
  await inSteps(system, LINES, lines);
  await seedJournal(journalOf(system), lines, PEOPLE);
  const isSealed = async () => (await backlog.count('accounting', UNSEALED)) === 0;
  await until(isSealed, { within: SEALED_WITHIN_MS, every: 1_000, what: 'a sealed journal' });
  for (const service of GROWN) await vacuum(system.config, service);
}

async function inSteps(
  { config }: System,
  statements: Readonly<Record<string, readonly string[]>>,
  count: number,
): Promise<void> {
  for (const [service, all] of Object.entries(statements)) {
    await withClient(addressesOf(config, service).owner, async (client) => {
      for (let from = 0; from < count; from += STEP) {
        for (const statement of all) await client.run(statement, [from, Math.min(count, from + STEP)]);
      }
    });
  }
}

function journalOf({ config }: System): Seedable {
  const { owner } = addressesOf(config, 'accounting');
  return {
    inTransaction: (work) =>
      withClient(owner, async (client) => {
        await client.run('BEGIN');
        await work(client);
        await client.run('COMMIT');
      }),
  };
}
