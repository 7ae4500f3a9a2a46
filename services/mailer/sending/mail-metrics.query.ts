/** What the metrics show of the queue of mails, and of the attempts of this node. */
import type { Database } from '#mixins/database/database.ts';
import type { MetricSource, Sample } from '#mixins/metrics/metrics.ts';
import type { Outcome } from '../mails/mail.ts';

type Name = 'mails_queued' | 'mails_queued_age_seconds' | 'mail_attempts_total';

/** A server that is away leaves any number of mails. */
const COUNT_UP_TO = 10_000;

/** How many attempts of this node ended in each way. */
export type AttemptCounts = Readonly<Record<Outcome['kind'], number>>;

export function mailMetrics(database: Database, attempts: () => AttemptCounts): MetricSource<Name> {
  return {
    name: 'mailer-mails',
    labels: ['outcome'],
    metrics: {
      mails_queued: { type: 'gauge', help: 'Mails that wait to be sent, 10,000 at most' },
      mails_queued_age_seconds: {
        type: 'gauge',
        help: 'How long the one that was queued first has waited; 0 without any',
      },
      mail_attempts_total: {
        type: 'counter',
        help: 'Attempts of this node to send a mail, by their outcome',
      },
    },
    async read(): Promise<Sample<Name>[]> {
      const [row] = await database.newest.rows<{ queued: number; age: number }>(
        `SELECT (SELECT count(*) FROM (SELECT FROM mail WHERE status = 'queued' LIMIT ${COUNT_UP_TO}) AS waiting)::int AS queued,
           coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - queued_at))
             FROM mail WHERE status = 'queued' ORDER BY position LIMIT 1), 0)::float8 AS age`,
      );
      const { queued = null, age = null } = row ?? {};
      return [
        { values: { mails_queued: queued, mails_queued_age_seconds: age } },
        ...Object.entries(attempts()).map(([outcome, count]) => ({
          labels: { outcome },
          values: { mail_attempts_total: count },
        })),
      ];
    },
  };
}
