/**
 * The launcher with stubs for the services. With the argument `users`, nats-server has the users of
 * the real services, whose sources take longer to load than all others. With `broken`, the stubs
 * end at once. `LOOK_EVERY_MS` is the pause between two checks of nats-server.
 */
import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from '../../config.ts';
import { runSystem } from '../../scripts/launcher/run.ts';

const services = fileURLToPath(new URL('./services.ts', import.meta.url));

process.exit(
  await runSystem(() => ({
    config: process.argv.includes('users') ? readConfig(process.env) : withStandIn(),
    environment: process.env,
    serviceArguments: process.argv.includes('broken') ? ['--eval', 'process.exit(9)'] : [services],
    print: console.log,
    lookEvery: process.env.LOOK_EVERY_MS ? Number(process.env.LOOK_EVERY_MS) : undefined,
  })),
);

function withStandIn(): Config {
  const config = readConfig(process.env);
  const services = new Map([['auth', new URL('./stand-in/auth/', import.meta.url)]]);
  return { ...config, product: { ...config.product, services } };
}
