/**
 * `npm start`: a whole system on this machine. launcher/system.ts shows what is started, and in
 * which order.
 */
import { readConfig } from '../config.ts';
import { answerHelp } from './launcher/help.ts';
import { LaunchError } from './launcher/launch-error.ts';
import { runSystem } from './launcher/run.ts';
import { runnerArguments } from './launcher/service-process.ts';

const USAGE = `Usage: npm start

Starts a whole system on this machine: private servers, databases and all services. Prints \`ready\` with
its address. Ctrl-C stops everything; the data stay in DATA_DIR (.data) for the next start.
It takes no arguments. Its settings are environment variables: README.md, "Settings".`;

answerHelp(USAGE);
process.exit(
  await runSystem(() => {
    if (process.argv.length > 2) {
      throw new LaunchError(
        `npm start takes no arguments (${process.argv.slice(2).join(' ')}): its settings are environment variables, see README.md.`,
      );
    }
    const config = readConfig(process.env);
    const services = [...config.product.services.keys()];
    console.log(`starting ${services.join(', ')} with the data in ${config.dataDir}`);
    return {
      config,
      services,
      environment: process.env,
      serviceArguments: runnerArguments(config.product, services),
      print: console.log,
    };
  }),
);
