/**
 * `npm run repl`: the operators' REPL on the running system. It joins as a node without services,
 * with moleculer-repl's own commands and those of scripts/repl/. The system is found in the data
 * folder, unless `NATS_URL` (and `DATABASE_URL`) say where to go. Whoever may run it holds the
 * cluster's credentials; what they do is told in the log as done by `operator:<user>@<host>`.
 */
import { readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { thisOperator } from './launcher/operator.ts';
import { join } from './repl/join.ts';
import { openSession } from './repl/session.ts';

try {
  // What the framework tells at `info` would stand between question and answer.
  const config = located(readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'warn' }));
  const expected = [...config.product.services.keys()];
  await openSession(await join(config, expected), config, thisOperator(), expected);
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
