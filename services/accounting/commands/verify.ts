/**
 * Verifies the journal by the existing command (`npm run ledger`). It runs in a separate process,
 * because it reads for a long time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from '#mixins/repl/command.ts';
import { Refusal } from '#mixins/repl/explain.ts';
import { environmentWith } from '../../../config.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/ledger.ts', import.meta.url));

export const verify: Command = {
  command: 'verify',
  description: 'Verify the journal against its seal; names the first line that was tampered with',
  place: 230,
  options: [{ option: '--heads', description: 'fail unless the published heads of days can be read' }],
  async run({ config }, { options, interrupted }) {
    if (config.databaseUrl === null && config.serviceDatabaseUrls.accounting === undefined) {
      throw new Refusal('The journal is read from the database: set DATABASE_URL before npm run repl');
    }
    const child = spawn(
      process.execPath,
      [SCRIPT, 'verify', ...(options.heads === true ? ['--heads'] : [])],
      {
        env: environmentWith(process.env, {
          NATS_URL: config.natsUrls.join(','),
          ...(config.databaseUrl === null ? {} : { DATABASE_URL: config.databaseUrl }),
        }),
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const stop = () => child.kill();
    interrupted.addEventListener('abort', stop, { once: true });
    try {
      // The command prints its findings.
      await once(child, 'exit');
    } finally {
      interrupted.removeEventListener('abort', stop);
    }
    if (interrupted.aborted) throw new Refusal('The verification was cancelled');
  },
};
