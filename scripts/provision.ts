/**
 * `npm run provision` prepares the servers for services that have few rights. It makes databases
 * and roles, migrates, seals signing keys again, and makes and changes streams and buckets. Each
 * step is repeatable, beside running services too.
 *
 * `DATABASE_URL` is a role that may make roles and databases, `NATS_URL` a user with all rights.
 * Without both, it finds the system that runs on the data folder. If `<SERVICE>_DATABASE_URL` gives
 * the URL of a service's runtime role, that role gets the URL's password. Other passwords are drawn
 * once and kept.
 *
 * `--show` prints the variables that the services need, with the secrets. Nothing else goes to
 * stdout, so that the output is a valid file of variables. The exit status is 0 when all steps
 * succeeded.
 */
import type { ProvisionStep } from '#mixins/provisioning.ts';
import { type Config, readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { provisionDatabases } from './provision/databases.ts';
import { provisionStreams } from './provision/streams.ts';

const USAGE = `Usage: npm run provision [-- --show]

Prepares the servers for services with few rights: databases, roles, migrations, streams and buckets.
It may be repeated at any time.
  --show  prints the variables that the services need, with secrets, and nothing else on stdout
DATABASE_URL is a role that may make roles and databases, NATS_URL a user with all rights. Without both,
it is the system that runs on DATA_DIR.
Exit status: 0 all steps succeeded, 1 one failed, 2 wrong words.`;

/** The order matters. */
const STEPS: readonly ProvisionStep[] = [provisionDatabases, provisionStreams];

/** The servers that the variables name. Without them, those of the running system. */
function given(): Config {
  const config = readConfig(process.env);
  return config.databaseUrl === null && config.natsUrls.length === 0
    ? located({ ...config, serviceNatsUrls: {} })
    : config;
}

async function main(options: readonly string[]): Promise<number> {
  if (options.some((option) => option !== '--show')) {
    console.error(USAGE);
    return 2;
  }
  const config = given();
  const variables: Record<string, string> = {};
  for (const step of STEPS) Object.assign(variables, await step({ config, print: console.error }));
  if (options.includes('--show')) {
    for (const [name, value] of Object.entries(variables)) console.log(`${name}=${value}`);
  }
  return 0;
}

answerHelp(USAGE);
await exitWith(main(process.argv.slice(2)));
