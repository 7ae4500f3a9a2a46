/** Requests a reconciliation without waiting for it, and shows the newest one (ANA-6). */
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import type { latestReconciliation } from '#schemas/answers/reconciliation.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { findLatest, type Latest } from './reconciliation.store.ts';
import { requestAs } from './request.handler.ts';

export type LatestView = AnswerOf<typeof latestReconciliation>;

/** Only admins see more than the verdict. */
export async function showLatest(database: Database, roles: readonly string[]): Promise<LatestView> {
  const view = viewLatest(await findLatest(database.newest));
  return roles.includes('admin')
    ? view
    : { ...view, tookMs: null, counts: null, differences: null, more: null };
}

/** Requests a reconciliation, as `requestAs` does, once for a key. */
export function requestLatest(
  database: Database,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<LatestView> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      await requestAs(tx, cause);
      return viewLatest(await findLatest(tx));
    }),
  );
}

function viewLatest(latest: Latest | undefined): LatestView {
  const { status = 'none', result = null, beganAt = null, tookMs = null } = latest ?? {};
  return {
    status,
    consistent: result === null ? null : result.differences.length === 0,
    checkedAt: beganAt?.toISOString() ?? null,
    tookMs,
    counts: result?.counts ?? null,
    differences: result?.differences ?? null,
    more: result?.more ?? null,
  };
}
