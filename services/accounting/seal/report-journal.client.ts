/** Verifies the journal of a system from outside of its nodes (ACC-8). It only reads. */
import { addressesOf } from '#mixins/database/address.ts';
import { type Client, withClient } from '#mixins/database/client.ts';
import { isDatabaseAway, NO_ROLE, sqlStateOf } from '#mixins/database/errors.ts';
import { Problem } from '#schemas/errors.ts';
import { messageOf } from '#schemas/text.ts';
import type { Config } from '../../../config.ts';
import { readPublishedHeads } from './seal-heads.client.ts';
import { reportLines } from './seal-report.ts';
import { verifyJournal } from './seal-verify.query.ts';
import type { RecordedHead } from './seal-verify.ts';

export interface JournalReport {
  /** For a person. */
  readonly lines: readonly string[];
  readonly isIntact: boolean;
}

/**
 * Compares the heads of closed days with the published ones where NATS is there; with `wantsHeads`
 * it must be. Throws `service_unavailable` if the database or the wanted heads cannot be read.
 * After an abort of `interrupted` it sends no further statement, and throws its reason.
 */
export async function reportJournal(
  config: Config,
  wantsHeads: boolean,
  interrupted?: AbortSignal,
): Promise<JournalReport> {
  const published = await publishedHeads(config, wantsHeads);
  const isRead = typeof published !== 'string';
  const result = await reading(config, ({ run, rows }) =>
    verifyJournal(
      {
        run,
        rows(sql, bind) {
          interrupted?.throwIfAborted();
          return rows(sql, bind);
        },
      },
      isRead ? published : null,
    ),
  );
  const journal = addressesOf(config, 'accounting').reader.database;
  const lines = reportLines(journal, result, isRead ? true : published);
  return { lines, isIntact: result.found === 0 };
}

/** The published heads, or the reason why they could not be read. */
async function publishedHeads(config: Config, wanted: boolean): Promise<readonly RecordedHead[] | string> {
  if (config.natsUrls.length === 0 && !wanted) return 'NATS_URL is not set';
  try {
    return await readPublishedHeads(config);
  } catch (error) {
    const reason = messageOf(error);
    if (wanted) throw new Problem('service_unavailable', `The published heads can't be read: ${reason}`);
    return reason;
  }
}

/** As the service's own role, which may read all of it and change nothing of it. */
async function reading<Result>(config: Config, work: (client: Client) => Promise<Result>): Promise<Result> {
  const { reader, owner } = addressesOf(config, 'accounting');
  try {
    return await withClient(reader, work);
  } catch (error) {
    if (isDatabaseAway(error)) {
      const detail = `The database ${reader.database} can't be read: ${messageOf(error)}`;
      throw new Problem('service_unavailable', detail);
    }
    // The service runs as the owner where no role could be made for it.
    if (!NO_ROLE.test(sqlStateOf(error) ?? '')) throw error;
    return await withClient(owner, work);
  }
}
