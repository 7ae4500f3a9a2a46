/**
 * `npm run nats -- permissions` prints the NATS users of the system as configuration of
 * nats-server: one for each service, one for operators, and one with all rights for provisioning.
 * With names of services, it prints the one user of a node that runs only these. Passwords are
 * variables of nats-server's environment. Names carry `NAMESPACE`. With `--account` it prints an
 * account of nats-server, so that several systems can share one server.
 *
 * `npm run nats -- replicas` shows the number of replicas of streams and buckets; `replicas
 * <number>` changes it, as a user with all rights.
 */
import { readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { runnerArguments } from './launcher/service-process.ts';
import { account, authorization, ownPasswordVariable, passwordVariable } from './nats/configuration.ts';
import { replicas } from './nats/replicas.ts';
import { loadServiceFacts } from './nats/service-facts.ts';
import { serviceUser, systemUsers } from './nats/users.ts';

const USAGE = `Usage: npm run nats -- permissions [--account] [SERVICE ...]
       npm run nats -- replicas [NUMBER]

permissions prints the users of NATS of the system as configuration of nats-server. With names of
services: the one user of a node that runs only these.
  --account  an account of nats-server, for several systems on one server
replicas shows how many replicas the streams and buckets of the running system have, or sets them.`;

async function permissions(given: readonly string[]): Promise<void> {
  const { namespace, product } = readConfig(process.env);
  const isAccount = given[0] === '--account';
  const names = isAccount ? given.slice(1) : given;
  // Refuses names that the product does not have.
  if (names.length > 0) runnerArguments(product, names);
  const all = await loadServiceFacts(product);
  const users = names.length > 0 ? [serviceUser(namespace, names, all)] : systemUsers(namespace, all);
  const configured = users.map((user) => ({
    ...user,
    password: isAccount ? ownPasswordVariable(user) : passwordVariable(namespace, user),
  }));
  const block = isAccount ? account(namespace, configured) : authorization(configured);
  process.stdout.write(`# Made by: npm run nats -- ${['permissions', ...given].join(' ')}\n${block}`);
}

answerHelp(USAGE);
const [command, ...names] = process.argv.slice(2);
try {
  if (command === 'permissions') await permissions(names);
  else if (command === 'replicas' && names.length <= 1) {
    await replicas(located(readConfig(process.env)), names[0], console.log);
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
