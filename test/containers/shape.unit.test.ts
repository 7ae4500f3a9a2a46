import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import yaml from 'js-yaml';
import { readConfig } from '../../config.ts';
import { NODE_FLAGS } from '../../scripts/launcher/service-process.ts';
import { findNatsForTests } from '../harness/servers.ts';
import { serviceNames } from '../harness/system.ts';
import { milliseconds, networksOf, readCompose } from './compose.ts';
import { readImage } from './image.ts';

const SERVERS = ['nats', 'postgres', 'mailpit'];
const CLUSTER = ['nats-1', 'nats-2', 'nats-3'];
/** The parts that a profile adds. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  cluster: CLUSTER,
  https: ['proxy'],
  monitoring: ['grafana', 'prometheus'],
};
/** Ends when the servers are prepared. */
const STEP = 'provision';
/** Moleculer's time for running calls, and ours for connections (moleculer.config.ts). */
const NODE_LEAVES_WITHIN_MS = 20_000;

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const compose = readCompose();
const nodes = Object.entries(compose).filter(([name]) => serviceNames().includes(name));
const all = Object.entries(compose);

/** What `docker compose up <name>` starts. */
function startedWith(name: string): Set<string> {
  const required = Object.entries(compose[name]?.depends_on ?? {})
    .filter(([, { required }]) => required !== false)
    .flatMap(([each]) => [...startedWith(each)]);
  return new Set([name, ...required]);
}

describe('docker-compose.yml', () => {
  it('has a container for every service and every server, and no others', () => {
    const always = all.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(always.sort()).toEqual([...serviceNames(), ...SERVERS, STEP].sort());
    for (const [profile, added] of Object.entries(PROFILES)) {
      const its = all.filter(([, { profiles }]) => profiles?.includes(profile)).map(([name]) => name);
      expect(its.sort()).toEqual(added);
    }
    expect(all).toHaveLength(always.length + Object.values(PROFILES).flat().length);
  });

  it.each(nodes)('starts %s alone with the servers, and builds the image', (name) => {
    const started = startedWith(name);
    expect([...started].sort()).toEqual(['nats', 'postgres', STEP, name].sort());
    expect(all.filter(([, { build }]) => build !== undefined).map(([each]) => each)).toEqual([STEP]);
  });

  it.each(all)('limits the memory and the logs of %s, and lets it gain no rights', (_, service) => {
    const { mem_limit, logging, security_opt } = service;
    expect(mem_limit).toMatch(/^\d+[mg]$/);
    expect(logging?.options).toMatchObject({ 'max-size': '10m', 'max-file': '5' });
    expect(security_opt).toEqual(['no-new-privileges:true']);
  });

  it.each(all.filter(([name]) => name !== 'postgres'))('lets %s write to its volumes only', (_, service) => {
    expect(service).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
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
    const { container_name, pull_policy, stop_grace_period, restart, init, depends_on } = service;
    expect(container_name).toBeUndefined();
    expect(milliseconds(stop_grace_period)).toBeGreaterThan(NODE_LEAVES_WITHIN_MS);
    expect({ restart, init }).toEqual({ restart: 'unless-stopped', init: true });
    const healthy = { condition: 'service_healthy' };
    expect(depends_on).toEqual({
      nats: healthy,
      postgres: healthy,
      provision: { condition: 'service_completed_successfully' },
      ...Object.fromEntries(CLUSTER.map((name) => [name, { ...healthy, required: false }])),
    });
    expect(pull_policy).toBe('never');
  });

  it.each(nodes)('gives %s only rights that it needs', (_, service) => {
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('cap_add');
    expect(service).not.toHaveProperty('volumes');
    expect(service).not.toHaveProperty('user');
  });

  it('has one image for all nodes, and pins the images of others', () => {
    const [own] = nodes.map(([, { image }]) => image);
    for (const [name, { image }] of all) {
      if (name === STEP || serviceNames().includes(name)) expect(image).toBe(own);
      else expect(image).toMatch(/^[a-z/]+:v?\d+[.-]/);
    }
  });

  it('publishes only pages, and only to this machine', () => {
    const published = all.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([
      ['mailpit', '127.0.0.1:8025:8025'],
      ['gateway', '127.0.0.1:3000:3000'],
      ['proxy', '127.0.0.1:80:80'],
      ['proxy', '127.0.0.1:443:443'],
      ['prometheus', '127.0.0.1:9090:9090'],
      ['grafana', '127.0.0.1:3001:3000'],
    ]);
  });

  it('has a proxy that reaches only the gateway, which trusts its address', () => {
    const edge = all.filter(([, { networks }]) => Object.hasOwn(networksOf(networks), 'edge'));
    expect(edge.map(([name]) => name)).toEqual(['gateway', 'proxy']);
    const { edge: own, ...others } = networksOf(compose.proxy?.networks);
    expect(others).toEqual({});
    const { trustedProxies } = readConfig(compose.gateway?.environment ?? {});
    expect(trustedProxies).toEqual([own?.ipv4_address]);
    const upstreams = readFileSync(path('containers/caddy/Caddyfile'), 'utf8').match(/^\s+dynamic a .*/m);
    expect(upstreams?.[0]).toContain(`gateway ${compose.gateway?.environment?.PORT}`);
  });

  it('has the address of the proxy as its own where there is one', () => {
    const { gateway, auth } = readCompose({ PUBLIC_URL: 'https://localhost' });
    for (const service of [gateway, auth]) {
      expect(service?.environment?.PUBLIC_URL).toBe('https://localhost');
    }
  });

  it('lets Prometheus read every node', () => {
    const { scrape_configs } = yaml.safeLoad(
      readFileSync(path('containers/prometheus/prometheus.yml'), 'utf8'),
    ) as { scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[] };
    const found = scrape_configs.flatMap(({ dns_sd_configs }) => dns_sd_configs);
    expect(found.flatMap(({ names }) => names).sort()).toEqual(serviceNames().sort());
    for (const [, { environment }] of nodes) {
      expect(environment?.METRICS_LISTEN).toBe(`0.0.0.0:${found[0]?.port}`);
    }
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
    for (const name of ['nats', ...CLUSTER]) {
      const passwordsOf = Object.entries(given[name]?.environment ?? {}).filter(([key]) =>
        key.endsWith('PASSWORD'),
      );
      expect(passwordsOf).toEqual(known.map(([key, value]) => [key, `"${value}"`]));
    }
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
    const withDatabase = serviceNames().filter((name) => name !== 'gateway');
    for (const name of withDatabase) {
      const keys = name === 'auth' ? [['KEY_SECRET', 'k']] : [];
      expect(secretsOf(name)).toEqual([urlOf(name), ...keys]);
    }
    expect(secretsOf('gateway')).toEqual([]);
    expect(Object.fromEntries(secretsOf(STEP))).toEqual({
      ...Object.fromEntries(withDatabase.map(urlOf)),
      KEY_SECRET: 'k',
      DATABASE_URL: 'postgresql://postgres:root@postgres:5432/postgres',
    });
    expect(given[STEP]).toMatchObject({ restart: 'on-failure' });
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

  it('has all nodes use the cluster if it is named', () => {
    const given = readCompose({ NATS_HOST: 'nats-cluster', STREAM_REPLICAS: '3' });
    for (const name of [STEP, ...serviceNames()]) {
      const { natsUrls, serviceNatsUrls, streamReplicas } = readConfig(given[name]?.environment ?? {});
      const [url, ...more] = [...natsUrls, ...Object.values(serviceNatsUrls).flat()];
      expect({ host: new URL(url ?? '').host, more, streamReplicas }).toEqual({
        host: 'nats-cluster:4222',
        more: [],
        streamReplicas: 3,
      });
    }
    for (const name of CLUSTER) {
      expect(given[name]?.networks).toEqual({ default: { aliases: ['nats-cluster'] } });
      expect(given[name]?.environment?.SERVER_NAME).toBe(name);
    }
  });

  it.each([
    ['nats', 'nats.conf'],
    ['nats-1', 'nats-cluster.conf'],
  ])('has a configuration of %s for each supported version of nats-server', async (name, file) => {
    // Passwords that nats-server would take for numbers without their quotes.
    const passwords = Object.fromEntries(
      ['', 'OPERATOR_', ...serviceNames().map((each) => `${each.toUpperCase()}_`)].map((each) => [
        `${each}NATS_PASSWORD`,
        '1234',
      ]),
    );
    const { status, stderr } = spawnSync(await findNatsForTests(), ['-t', '-c', path(`containers/${file}`)], {
      encoding: 'utf8',
      env: readCompose(passwords)[name]?.environment,
    });
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('is valid') });
  });
});

describe('the Dockerfile', () => {
  const image = readImage();

  it('does not run as root, and runs on the pinned major version of Node', () => {
    expect(image.user).toBe('node');
    for (const base of image.bases) expect(base).toMatch(/^node:24-bookworm-slim(@sha256:|$)/);
    expect(new Set(image.bases).size).toBe(1);
  });

  it('runs the command of a container directly, so that it gets the signals', () => {
    // Not Moleculer's runner itself, which takes options from the environment.
    expect(image.entrypoint).toEqual(['node', ...NODE_FLAGS, 'scripts/run-services.ts']);
  });
});
