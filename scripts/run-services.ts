/**
 * The process of a node: Moleculer's runner with the services whose files are the arguments. The
 * launcher, `npm run node` and the containers start this file, never the runner itself. The runner
 * merges the environment into the broker's options (`VALIDATOR=false`, `MOL_REQUEST_TIMEOUT=1`). So
 * this file first removes all variables that are not the system's.
 */
import { fileURLToPath } from 'node:url';
import { Runner } from 'moleculer';
import { closeEnvironment } from '../config.ts';
import { explain } from './launcher/explain.ts';

const CONFIG = fileURLToPath(new URL('../moleculer.config.ts', import.meta.url));

try {
  closeEnvironment();
  const [node = '', script = '', ...files] = process.argv;
  new Runner().start([node, script, '--config', CONFIG, ...files]);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
