/**
 * `npm run node -- accounting [mailer …]` runs one more node with only these services. It finds the
 * running system by the data folder, or by `NATS_URL` and `DATABASE_URL` or the variables of each
 * service. The node goes on when that system's launcher ends. It ends with this process.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { withUserOf } from '#mixins/bus/nats-user.ts';
import { type Config, environmentWith, readConfig } from '../config.ts';
import { findAddresses, noSystem } from './launcher/addresses.ts';
import { Children } from './launcher/children.ts';
import { exitWith } from './launcher/explain.ts';
import { startGuardian } from './launcher/guard.ts';
import { answerHelp } from './launcher/help.ts';
import { portToListenOn } from './launcher/ports.ts';
import { endings } from './launcher/run.ts';
import { serviceDatabases } from './launcher/service-databases.ts';
import { runnerArguments, startServices } from './launcher/service-process.ts';
import { addUser, userVariables } from './nats/embedded-users.ts';
import { loadServiceFacts } from './nats/service-facts.ts';
import { withDatabase } from './provision/databases.ts';
import { serverIn } from './servers/nats-users.ts';
import { isServedFrom } from './servers/postgres.ts';

const USAGE = `Usage: npm run node -- SERVICE [SERVICE ...]

Adds a node with only these services to the running system. Ctrl-C ends it.
The system is that of DATA_DIR, or of NATS_URL and DATABASE_URL (or of <SERVICE>_NATS_URL and
<SERVICE>_DATABASE_URL).`;

async function main(): Promise<number> {
  const config = readConfig(process.env);
  const names = process.argv.slice(2);
  const args = runnerArguments(config.product, names);
  const found = findAddresses(config.dataDir);
  // The user of the services where one is named, otherwise that of NATS_URL.
  const givenNats = withUserOf(config, names).natsUrls.join(',');
  const natsUrl = givenNats || found?.natsUrl;
  const databaseUrl = config.databaseUrl ?? found?.databaseUrl;
  const wanting = withDatabase(config.product, names).filter(
    (name) => config.serviceDatabaseUrls[name] === undefined,
  );
  if (natsUrl === undefined || (databaseUrl === undefined && wanting.length > 0)) {
    throw noSystem(
      config,
      'NATS_URL and DATABASE_URL, or the <SERVICE>_NATS_URL and <SERVICE>_DATABASE_URL of each service',
    );
  }
  if (names.includes('gateway')) {
    await portToListenOn(config.host, config.port, `npm run node -- ${names.join(' ')}`);
  }
  // The secret belongs to the database for which it was drawn.
  const keySecret = config.keySecret ?? (config.databaseUrl === null ? (found?.keySecret ?? null) : null);
  // The node sends mails to the same server as the system that it joins.
  const joins = found !== null && givenNats === '';
  const smtpUrl = config.smtpUrl ?? (joins ? found.smtpUrl : undefined);
  // On another server, the node prepares its databases itself, and may begin on a replica.
  const databases =
    databaseUrl !== undefined && isServedFrom(`${config.dataDir}/postgres`, databaseUrl)
      ? await serviceDatabases(config, { databaseUrl, keySecret, natsUrl, print: console.log }, names)
      : { DATABASE_URL: databaseUrl, ...(keySecret === null ? {} : { KEY_SECRET: keySecret }) };
  const asked = endings();
  // The node has its own folder, because processes noted in the system's folder end with its
  // launcher.
  const folder = mkdtempSync(`${tmpdir()}/ates-node-`);
  const guard = await startGuardian(folder, { remove: true });
  const node = await startServices({
    args,
    environment: environmentWith(process.env, {
      ...(joins ? await joinNats(config, natsUrl, names) : {}),
      SMTP_URL: smtpUrl,
      DATA_DIR: config.dataDir,
      ...databases,
    }),
    openNote: new Children(folder).notes('services'),
  });
  console.log(`a node with ${names.join(', ')} (process ${node.id.pid}); Ctrl-C ends it`);
  const byItself = await Promise.race([node.exited.then(() => true), asked.first.then(() => false)]);
  if (byItself) console.error(`The node ended by itself (${node.ending}).`);
  else await Promise.race([node.stop(), asked.second.then(() => node.kill())]);
  await guard.dismiss();
  return byItself ? 1 : 0;
}

/** The URL of the system's own nats-server, for the user of a node with these services. */
async function joinNats(config: Config, natsUrl: string, names: readonly string[]) {
  const server = { natsUrl, folder: `${config.dataDir}/nats` };
  if (serverIn(server.folder) === null) return { NATS_URL: natsUrl };
  const all = await loadServiceFacts(config.product);
  await addUser(config, server, names, all);
  return userVariables(server, config.namespace, names, all);
}

answerHelp(USAGE);
await exitWith(main());
