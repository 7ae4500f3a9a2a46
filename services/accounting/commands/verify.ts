/** Verifies the journal, as `npm run ledger` does. */
import { once } from 'node:events';
import type { Command } from '#mixins/repl/command.ts';
import { Refusal } from '#mixins/repl/explain.ts';
import { reportJournal } from '../seal/report-journal.client.ts';

export const verify: Command = {
  command: 'verify',
  description: 'Verify the journal against its seal; names the first line that was tampered with',
  place: 230,
  options: [{ option: '--heads', description: 'fail unless the published heads of days can be read' }],
  async run({ config }, { options, interrupted }, print) {
    if (config.databaseUrl === null && config.serviceDatabaseUrls.accounting === undefined) {
      throw new Refusal('The journal is read from the database: set DATABASE_URL before npm run repl');
    }
    const cancelled = once(interrupted, 'abort').then(() => {
      throw new Refusal('The verification was cancelled');
    });
    const report = reportJournal(config, options.heads === true, interrupted);
    const { lines, isIntact } = await Promise.race([report, cancelled]);
    for (const line of lines) print.line(line);
    if (!isIntact) print.failed();
  },
};
