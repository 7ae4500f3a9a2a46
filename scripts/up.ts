/** `npm start`: a whole system on this machine. See launcher/system.ts for what is started, in which order. */
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config.ts';
import { LaunchError } from './launcher/launch-error.ts';
import { runSystem } from './launcher/run.ts';
import { runnerArguments, serviceFolders } from './launcher/service-process.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

process.exit(
  await runSystem(() => {
    if (process.argv.length > 2) {
      throw new LaunchError(
        `npm start takes no arguments (${process.argv.slice(2).join(' ')}): its settings are environment variables, see README.md.`,
      );
    }
    const config = readConfig(process.env);
    const services = serviceFolders(root);
    console.log(`starting ${services.join(', ')} with the data in ${config.dataDir}`);
    return {
      config,
      root,
      services,
      environment: process.env,
      serviceArguments: runnerArguments(root, services),
      print: console.log,
    };
  }),
);
