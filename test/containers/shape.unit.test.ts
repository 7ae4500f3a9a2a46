import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../config.ts';
import { NODE_FLAGS } from '../../scripts/launcher/service-process.ts';
import { findNatsForTests } from '../harness/servers.ts';
import { serviceNames } from '../harness/system.ts';
import { milliseconds, readCompose } from './compose.ts';
import { readImage } from './image.ts';

const SERVERS = ['nats', 'postgres', 'mailpit'];
/** Ends when the servers are prepared. */
const STEP = 'provision';
/** Moleculer's time for running calls, and ours for connections (moleculer.config.ts). */
const NODE_LEAVES_WITHIN_MS = 20_000;

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const compose = readCompose();
const nodes = Object.entries(compose).filter(([name]) => ![...SERVERS, STEP].includes(name));

describe('docker-compose.yml', () => {
  it('has a container for every service and every server, and no others', () => {
    expect(Object.keys(compose).sort()).toEqual([...serviceNames(), ...SERVERS, STEP].sort());
  });

  it('belongs to the default product', () => {
    const { product } = readConfig({});
    const text = readFileSync(path('docker-compose.yml'), 'utf8');
    const defaults = [...text.matchAll(/\$\{NAMESPACE:-([^}]+)\}/g)].map(([, value]) => value);
    expect(new Set(defaults)).toEqual(new Set([product.namespace]));
    expect(text).not.toContain('PRODUCT');
  });

  it.each(nodes)('runs %s alone in its container', (name, { command }) => {
    expect(command).toEqual([`services/${name}/${name}.service.ts`]);
  });

  it.each(nodes)('allows %s to be scaled, stopped in order and started again', (_, service) => {
    const { container_name, build, pull_policy, stop_grace_period, restart, init, depends_on } = service;
    expect(container_name).toBeUndefined();
    expect(milliseconds(stop_grace_period)).toBeGreaterThan(NODE_LEAVES_WITHIN_MS);
    expect({ restart, init }).toEqual({ restart: 'unless-stopped', init: true });
    expect(depends_on).toEqual({
      nats: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
      provision: { condition: 'service_completed_successfully' },
    });
    expect(pull_policy).toBe(build === undefined ? 'never' : 'build');
  });

  it.each(nodes)('gives %s only rights that it needs', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('volumes');
    expect(service).not.toHaveProperty('user');
  });

  it('builds the image once, and pins the images of others', () => {
    expect(nodes.filter(([, { build }]) => build !== undefined).map(([name]) => name)).toEqual(['gateway']);
    expect(new Set(nodes.map(([, { image }]) => image)).size).toBe(1);
    for (const name of SERVERS) expect(compose[name]?.image).toMatch(/:v?\d+[.-]/);
  });

  it('publishes only the gateway and the mails, and only to this machine', () => {
    const published = Object.entries(compose).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(published).toEqual([
      ['mailpit', '127.0.0.1:8025:8025'],
      ['gateway', '127.0.0.1:3000:3000'],
    ]);
  });

  it('gives the servers the same passwords as the nodes', () => {
    const given = readCompose({ NATS_PASSWORD: 'first', POSTGRES_PASSWORD: 'second' });
    expect(given.nats?.environment).toMatchObject({ NATS_PASSWORD: '"first"' });
    expect(given.postgres?.environment).toMatchObject({ POSTGRES_PASSWORD: 'second' });
    expect(given[STEP]?.environment).toMatchObject({ NATS_URL: 'nats://ates:first@nats:4222' });
  });

  it('F18: gives each service only the URL of its own NATS user, with the password that nats-server has', () => {
    const passwords = Object.fromEntries(
      ['operator', ...serviceNames()].map((name) => [`${name.toUpperCase()}_NATS_PASSWORD`, `of-${name}`]),
    );
    const given = readCompose({ NAMESPACE: 'popug', NATS_PASSWORD: 'all', ...passwords });
    const urlsOf = (name: string) =>
      Object.entries(given[name]?.environment ?? {}).filter(([, value]) => value.startsWith('nats:'));
    for (const name of serviceNames()) {
      expect(urlsOf(name)).toEqual([
        [`${name.toUpperCase()}_NATS_URL`, `nats://popug_${name}:of-${name}@nats:4222`],
      ]);
    }
    expect(urlsOf(STEP)).toEqual([['NATS_URL', 'nats://popug:all@nats:4222']]);
    const known = Object.entries({ NATS_PASSWORD: 'all', ...passwords });
    expect(given.nats?.environment).toEqual(
      Object.fromEntries(known.map(([name, value]) => [name, `"${value}"`])),
    );
  });

  it('F18: has the NATS users that are generated from contracts and consumers', () => {
    const script = path('scripts/nats.ts');
    const environment = { PATH: process.env.PATH };
    const { stdout, stderr } = spawnSync(process.execPath, [script, 'permissions'], {
      encoding: 'utf8',
      env: environment,
    });
    expect(stderr).not.toMatch(/error/i);
    // Otherwise: npm run -s nats -- permissions > containers/nats-users.conf
    expect(readFileSync(path('containers/nats-users.conf'), 'utf8')).toBe(stdout);
  });

  it('F19: gives each service only the URL of its own role, and the superuser only to the provisioning step', () => {
    const passwords = Object.fromEntries(
      serviceNames().map((name) => [`${name.toUpperCase()}_DATABASE_PASSWORD`, `of-${name}`]),
    );
    const given = readCompose({
      NAMESPACE: 'popug',
      POSTGRES_PASSWORD: 'root',
      KEY_SECRET: 'k',
      ...passwords,
    });
    const secretsOf = (name: string) =>
      Object.entries(given[name]?.environment ?? {}).filter(([, value]) => /postgresql:|^k$/.test(value));
    const urlOf = (name: string) => [
      `${name.toUpperCase()}_DATABASE_URL`,
      `postgresql://popug_${name}:of-${name}@postgres:5432/popug_${name}`,
    ];
    const all = serviceNames().filter((name) => name !== 'gateway');
    for (const name of all) {
      const keys = name === 'auth' ? [['KEY_SECRET', 'k']] : [];
      expect(secretsOf(name)).toEqual([urlOf(name), ...keys]);
    }
    expect(secretsOf('gateway')).toEqual([]);
    expect(Object.fromEntries(secretsOf(STEP))).toEqual({
      ...Object.fromEntries(all.map(urlOf)),
      KEY_SECRET: 'k',
      DATABASE_URL: 'postgresql://postgres:root@postgres:5432/postgres',
    });
    expect(given[STEP]).toMatchObject({ read_only: true, cap_drop: ['ALL'], restart: 'on-failure' });
  });

  it('contains no secret except passwords for a trial', () => {
    const text = JSON.stringify(compose).replaceAll('\\"', '');
    const secrets = text.match(/(?<=:)[^:@"/]+(?=@)|(?<=(PASSWORD|BEAK|SECRET)":")[^"]+/g);
    expect(new Set(secrets)).toEqual(new Set(['trying-it-out', 'trying-it-out-and-no-more']));
  });

  it('passes on every setting of the README', () => {
    const settings = [...readFileSync(path('README.md'), 'utf8').matchAll(/^\| (`[A-Z].*?) \|/gm)]
      .flatMap(([, names]) => [...(names ?? '').matchAll(/`([A-Z_]+)`/g)])
      .map(([, name = '']) => name);
    // Where things are is the file's own to say.
    const own = [
      // The file is of the product that runs by default.
      'PRODUCT',
      'HOST',
      'DATA_DIR',
      'NATS_URL',
      'NATS_SERVER_BIN',
      'DATABASE_URL',
      'HEALTH_SOCKET',
      'PUBLIC_URL',
      // Files are mounted by who has them, in a compose file beside this one.
      'TLS_CERT_FILE',
      'TLS_KEY_FILE',
      'NATS_CA_FILE',
      'NATS_CERT_FILE',
      'NATS_KEY_FILE',
      'SMTP_CA_FILE',
      // Of a run of the tests.
      'TEST_BUDGET',
    ];
    const file = readFileSync(path('docker-compose.yml'), 'utf8');
    expect(settings.length).toBeGreaterThan(20);
    expect(settings.filter((name) => !own.includes(name) && !file.includes(`\${${name}:-`))).toEqual([]);
  });

  it.each([
    [{}, 10_000],
    [{ CONNECTION_LIMIT: '50000' }, 50_000],
    [{ CONNECTION_LIMIT: '50' }, 50],
  ])('E12: allows the only address of all clients every connection with %j', (variables, total) => {
    const { gateway } = readCompose(variables);
    const { connectionLimit, connectionLimitAddress } = readConfig(gateway?.environment ?? {});
    expect(connectionLimit).toBe(total);
    expect(connectionLimitAddress).toBeGreaterThanOrEqual(total);
  });

  it('has a configuration for each supported version of nats-server', async () => {
    // Passwords that nats-server would take for numbers without their quotes.
    const env = Object.fromEntries(
      ['', 'OPERATOR_', ...serviceNames().map((name) => `${name.toUpperCase()}_`)].map((name) => [
        `${name}NATS_PASSWORD`,
        readCompose({ [`${name}NATS_PASSWORD`]: '1234' }).nats?.environment?.[`${name}NATS_PASSWORD`],
      ]),
    );
    const { status, stderr } = spawnSync(
      await findNatsForTests(),
      ['-t', '-c', path('containers/nats.conf')],
      {
        encoding: 'utf8',
        env,
      },
    );
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('is valid') });
  });
});

describe('the Dockerfile', () => {
  const image = readImage();

  it('does not run as root, and runs on the pinned major version of Node', () => {
    expect(image.user).toBe('node');
    expect(new Set(image.bases)).toEqual(new Set(['node:24-bookworm-slim']));
  });

  it('runs the command of a container directly, so that it gets the signals', () => {
    // Not Moleculer's runner itself, which takes options from the environment.
    expect(image.entrypoint).toEqual(['node', ...NODE_FLAGS, 'scripts/run-services.ts']);
  });
});
