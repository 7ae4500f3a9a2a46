/**
 * `npm run repl`: the operators' REPL on the running system. It joins as a node without services,
 * and has moleculer-repl's own commands and those of this project. The system is found in the data
 * folder, or at `NATS_URL` (and `DATABASE_URL`). Its user needs the cluster's credentials. The log
 * records changes under `operator:<user>@<host>`.
 */
import { readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { thisOperator } from './launcher/operator.ts';
import { join } from './repl/join.ts';
import { openSession } from './repl/session.ts';

try {
  // Lines of the framework at `info` would appear between question and answer.
  const config = located(readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'warn' }));
  const expected = [...config.product.services.keys()];
  await openSession(await join(config, expected), config, thisOperator(), expected);
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
