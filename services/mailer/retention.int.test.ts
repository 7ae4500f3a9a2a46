import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { retainRows } from '../../scripts/retention/rows.fixture.ts';
import { ask, empty, mailsOf, openMailer, requested, type TestMailer } from './mailer.fixture.ts';
import retention from './retention.store.ts';

const [MAILS] = retention.rows;

let mailer: TestMailer;
beforeAll(async () => {
  mailer = await openMailer();
});
afterEach(() => empty(mailer));
afterAll(() => mailer.close());

/** Requests three mails. The first was sent and the second failed an hour ago. */
async function threeMails(first: number): Promise<void> {
  await ask(mailer, [requested(first), requested(first + 1), requested(first + 2)]);
  const subject = (n: number) => `subject = 'Subject ${first + n - 1}'`;
  const ago = `now() - interval '1 hour'`;
  await mailer.database.inTransaction(async (tx) => {
    await tx.run(`UPDATE mail SET status = 'sent', sent_at = ${ago}, text = NULL WHERE ${subject(1)}`);
    await tx.run(`UPDATE mail SET status = 'failed', failed_at = ${ago}, reason = 'No' WHERE ${subject(2)}`);
  });
}

function retain(meanwhile?: () => Promise<void>) {
  if (MAILS === undefined) throw new Error('Nothing is retained');
  const given = { before: new Date(Date.now() - 60_000), firsts: {} };
  return retainRows(mailer.config, 'mailer', MAILS, given, meanwhile);
}

const subjects = async () => (await mailsOf(mailer.database)).map(({ subject }) => subject);

describe('mails that were sent or have failed', () => {
  it('KEEP-2, KEEP-4: are archived and removed, and their requests become no second mail', async () => {
    await threeMails(1);
    const run = await retain();
    expect(run).toMatchObject({ counted: 2, removed: 2 });
    const archived = run.archived.map(({ row }) => [row.subject, row.status, row.reason]).sort();
    expect(archived).toEqual([
      ['Subject 1', 'sent', null],
      ['Subject 2', 'failed', 'No'],
    ]);
    expect(await subjects()).toEqual(['Subject 3']);
    await ask(mailer, [requested(1), requested(2), requested(3), requested(4)]);
    expect(await subjects()).toEqual(['Subject 3', 'Subject 4']);
    expect(await mailer.database.rows('SELECT FROM request')).toEqual([]);
  });

  it('stay if they were sent again since they were archived', async () => {
    await threeMails(11);
    const requeue = `UPDATE mail SET status = 'queued', failed_at = NULL, text = 'T', html = 'H' WHERE subject = 'Subject 12'`;
    const run = await retain(async () => {
      await mailer.database.inTransaction((tx) => tx.run(requeue));
    });
    expect(run).toMatchObject({ counted: 2, removed: 1 });
    expect(await subjects()).toEqual(['Subject 12', 'Subject 13']);
  });
});
