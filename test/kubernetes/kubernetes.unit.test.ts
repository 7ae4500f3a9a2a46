/** The manifests of deploy/kubernetes, checked without a cluster and without kustomize. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../config.ts';
import { generatedManifests } from '../../scripts/kubernetes/generated.ts';
import { withDatabase } from '../../scripts/provision/databases.ts';
import { readImage } from '../containers/image.ts';
import { serviceNames } from '../harness/system.ts';
import { isInNamespace, kustomized, type Labels, type Manifest, type Values } from './kustomize.ts';
import { schemaViolations } from './schemas.ts';

const ROOT = new URL('../../', import.meta.url);
const FOLDER = new URL('deploy/kubernetes/', ROOT);
/** Moleculer's time for running calls, and ours for connections (moleculer.config.ts). */
const NODE_LEAVES_WITHIN_S = 20;
const STEP = 'provision';
const SERVERS = ['nats', 'postgres', 'mailpit'];

const { product } = readConfig({});
const trial = kustomized(new URL('overlays/trial/', FOLDER));
const production = kustomized(new URL('overlays/production/', FOLDER));

interface Probe {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly timeoutSeconds?: number;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly resources: { readonly limits: Values; readonly requests: Values };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Pod {
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number };
  readonly containers: readonly [Container];
  readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

/** A Deployment, StatefulSet or Job. */
interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels: Labels };
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: Pod };
    readonly volumeClaimTemplates?: readonly Manifest[];
  };
}

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

interface Rule {
  readonly from?: readonly { readonly podSelector?: Selector; readonly namespaceSelector?: Selector }[];
  readonly to?: readonly { readonly podSelector?: Selector }[];
  readonly ports: readonly { readonly port: string | number }[];
}

interface Policy extends Manifest {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

function ofKind<T extends Manifest>(kind: string, { manifests } = trial): T[] {
  return manifests.filter((each) => each.kind === kind) as T[];
}

function named<T extends Manifest>(kind: string, name: string, from = trial): T {
  const found = ofKind<T>(kind, from).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
  return found;
}

const workloads = ['Deployment', 'StatefulSet', 'Job'].flatMap((kind) => ofKind<Workload>(kind));
const podOf = (workload: Workload) => workload.spec.template.spec;
const containerOf = (workload: Workload) => podOf(workload).containers[0];
const titled = <T extends Manifest>(all: readonly T[]) =>
  all.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const);

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const isOne = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    isOne &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator !== 'NotIn') throw new Error(`The operator ${operator} is not read here`);
      return !values.includes(labels[key] ?? '');
    })
  );
}

const podsOf = (selector: Selector) =>
  workloads.filter((workload) => matches(selector, workload.spec.template.metadata.labels));

/** The variables that a pod of the trial gets. */
function variablesOf(workload: Workload): Record<string, string> {
  const { env = [], envFrom = [] } = containerOf(workload);
  const shared = envFrom.map(({ configMapRef, secretRef }) => {
    const values = configMapRef
      ? trial.configMaps.get(configMapRef.name)
      : trial.secrets.get(secretRef?.name ?? '');
    if (values === undefined) throw new Error(`${workload.metadata.name}: ${JSON.stringify(envFrom)}`);
    return values;
  });
  const own = env.map(({ name, value, valueFrom }) => {
    const { name: secret = '', key = '' } = valueFrom?.secretKeyRef ?? {};
    const found = value ?? trial.secrets.get(secret)?.[key];
    if (found === undefined) throw new Error(`The Secret ${secret} has no ${key}`);
    return [name, found] as const;
  });
  return Object.assign({}, ...shared, Object.fromEntries(own));
}

/** Whether the policies let pods with one set of labels reach a port of another workload. */
function mayReach(from: Workload, to: Workload, port: string): boolean {
  const number = containerOf(to).ports?.find(({ name }) => name === port)?.containerPort;
  const labels = (each: Workload) => each.spec.template.metadata.labels;
  const rulesOf = (each: Workload, direction: 'ingress' | 'egress') =>
    ofKind<Policy>('NetworkPolicy')
      .filter(({ spec }) => matches(spec.podSelector, labels(each)))
      .flatMap(({ spec }) => spec[direction] ?? [])
      .filter(({ ports }) => ports.some((each) => each.port === port || each.port === number));
  const isPeer = (peers: Rule['from'] | Rule['to'], labels: Labels) =>
    peers === undefined || peers.some(({ podSelector }) => podSelector && matches(podSelector, labels));
  return (
    rulesOf(from, 'egress').some((rule) => isPeer(rule.to, labels(to))) &&
    rulesOf(to, 'ingress').some((rule) => isPeer(rule.from, labels(from)))
  );
}

describe('the manifests', () => {
  const all = new Map(
    [trial, production].flatMap(({ manifests, patches }) =>
      titled([...manifests, ...patches]).map(([title, manifest]) => [
        JSON.stringify([title, manifest]),
        manifest,
      ]),
    ),
  );

  it.each([...all.values()].map((each) => [each.kind, each.metadata.name, each] as const))(
    '%s %s follows the published schema, with no unknown field',
    async (_kind, _name, manifest) => {
      expect(await schemaViolations(manifest)).toEqual([]);
    },
  );

  it('that follow from services are up to date', async () => {
    // Otherwise: npm run kubernetes
    for (const [name, text] of await generatedManifests(product)) {
      expect(readFileSync(new URL(name, ROOT), 'utf8')).toBe(text);
    }
  });

  it('are all used, in one namespace', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yaml'),
    );
    const folders = new Set(files.map((name) => new URL('./', new URL(name, FOLDER)).href));
    for (const folder of folders) {
      const text = readFileSync(new URL('kustomization.yaml', folder), 'utf8');
      const here = files.filter((name) => new URL('./', new URL(name, FOLDER)).href === folder);
      const unused = here.map((name) => name.split('/').at(-1) ?? '').filter((name) => !text.includes(name));
      expect(unused).toEqual(['kustomization.yaml']);
      const isComponent = text.includes('kind: Component');
      expect(isInNamespace(new URL(folder))).toBe(!isComponent);
    }
    expect(named('Namespace', 'ates')).toMatchObject({
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
  });

  it('have different names within a kind', () => {
    for (const { manifests } of [trial, production]) {
      const titles = titled(manifests).map(([title]) => title);
      expect(titles).toHaveLength(new Set(titles).size);
    }
  });

  it('are patched and renamed where they exist', () => {
    for (const patch of production.patches) named(patch.kind, patch.metadata.name, production);
    for (const { images } of [trial, production]) expect(images).toEqual(['ates']);
  });
});

describe('a workload', () => {
  it.each(titled(workloads))('%s selects its own pods, and no others', (_, workload) => {
    const { selector, template } = workload.spec;
    if (workload.kind === 'Job') return;
    expect(podsOf(selector ?? {}).map(({ metadata }) => metadata.name)).toEqual([workload.metadata.name]);
    expect(template.metadata.labels).toMatchObject(selector?.matchLabels ?? {});
  });

  it.each(titled(workloads))('%s has no rights, and a limit of memory', (_, workload) => {
    const pod = podOf(workload);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { limits: { memory: expect.stringMatching(/^\d+[MG]i$/) } },
        },
      ],
    });
    expect(pod.containers).toHaveLength(1);
  });

  it.each(titled(workloads))('%s mounts volumes that it has', (_, workload) => {
    const { volumes = [], containers } = podOf(workload);
    const claims = workload.spec.volumeClaimTemplates ?? [];
    const known = [...volumes.map(({ name }) => name), ...claims.map(({ metadata }) => metadata.name)];
    const mounted = containers[0].volumeMounts.map(({ name }) => name);
    expect([...new Set(mounted)].sort()).toEqual(known.sort());
    for (const { configMap } of volumes) {
      if (configMap !== undefined) expect([...trial.configMaps.keys()]).toContain(configMap.name);
    }
  });

  it.each(titled(workloads))('%s asks ports that it has for its health', (_, workload) => {
    const { ports = [], startupProbe, livenessProbe, readinessProbe } = containerOf(workload);
    if (workload.kind !== 'Job') expect(readinessProbe).toBeDefined();
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe].filter((probe) => !!probe)) {
      if (httpGet !== undefined) expect(ports.map(({ name }) => name)).toContain(httpGet.port);
    }
  });

  it('has the images of docker-compose.yml', () => {
    const compose = readFileSync(new URL('docker-compose.yml', ROOT), 'utf8');
    for (const workload of workloads) expect(compose).toContain(`image: ${containerOf(workload).image}\n`);
  });
});

describe('a node', () => {
  const image = readImage();

  it.each(serviceNames())('of %s runs the service alone, and has what it needs', (name) => {
    const workload = named<Workload>('Deployment', name);
    const { command, args, image: own } = containerOf(workload);
    expect({ command, args, own }).toEqual({
      command: undefined,
      args: [`services/${name}/${name}.service.ts`],
      own: 'ates:local',
    });
    const { serviceNatsUrls, serviceDatabaseUrls, natsUrls, databaseUrl, metricsListen, logFormat } =
      readConfig(variablesOf(workload));
    const hasDatabase = withDatabase(product, [name]).length > 0;
    expect({ natsUrls, databaseUrl, logFormat }).toEqual({
      natsUrls: [],
      databaseUrl: null,
      logFormat: 'json',
    });
    expect(serviceNatsUrls).toEqual({ [name]: [`nats://ates_${name}:trying-it-out@nats:4222`] });
    expect(serviceDatabaseUrls).toEqual(
      hasDatabase ? { [name]: `postgresql://ates_${name}:trying-it-out@postgres:5432/ates_${name}` } : {},
    );
    const { ports = [] } = containerOf(workload);
    expect(metricsListen).toEqual({
      host: '0.0.0.0',
      port: ports.find((port) => port.name === 'metrics')?.containerPort,
    });
  });

  it.each(serviceNames())('of %s is asked as its image is, and leaves in order', (name) => {
    const workload = named<Workload>('Deployment', name);
    const { startupProbe, livenessProbe, readinessProbe, lifecycle } = containerOf(workload);
    if (name === 'gateway') {
      expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path)).toEqual([
        '/livez',
        '/livez',
        '/readyz',
      ]);
    } else {
      expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.exec?.command)).toEqual([
        [...image.health, '--live'],
        [...image.health, '--live'],
        image.health,
      ]);
    }
    const pause = Number(lifecycle?.preStop.exec.command[1] ?? 0);
    const { terminationGracePeriodSeconds = 0, containers } = podOf(workload);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(pause + NODE_LEAVES_WITHIN_S);
    expect(workload.spec.replicas).toBeUndefined();
    expect(image.environment.HEALTH_SOCKET).toMatch(`${containers[0].volumeMounts[0]?.mountPath}/`);
  });

  it.each(serviceNames())(
    'of %s is interrupted one at a time, and gets more of them by lag',
    async (name) => {
      const labels = named<Workload>('Deployment', name).spec.selector;
      expect(named('PodDisruptionBudget', name)).toMatchObject({
        spec: { maxUnavailable: 1, selector: labels },
      });
      const { spec } = named<
        Manifest & {
          spec: { scaleTargetRef: { name: string }; triggers: { type: string; metadata: Values }[] };
        }
      >('ScaledObject', name, production);
      expect(spec.scaleTargetRef).toEqual({ name });
      expect(spec.triggers.at(-1)?.type).toBe('cpu');
      for (const { metadata } of spec.triggers.slice(0, -1)) {
        expect(metadata.query).toMatch(new RegExp(`consumer=~"(${name}-[a-z-]+\\|?)+"`));
      }
      expect(ofKind('ScaledObject')).toEqual([]);
    },
  );

  it('serves HTTP behind a Service and the Ingress', () => {
    const { spec } = named<
      Manifest & { spec: { selector: Labels; ports: { name: string; targetPort: string }[] } }
    >('Service', 'gateway');
    const [gateway, ...others] = podsOf({ matchLabels: spec.selector });
    expect(others).toEqual([]);
    const variables = variablesOf(gateway as Workload);
    const { ports = [] } = containerOf(gateway as Workload);
    const port = ports.find(({ name }) => name === spec.ports[0]?.targetPort);
    expect(variables).toMatchObject({ HOST: '0.0.0.0', PORT: String(port?.containerPort) });
    expect(JSON.stringify(named('Ingress', 'gateway', production))).toContain(
      `"service":{"name":"gateway","port":{"name":"${spec.ports[0]?.name}"}}`,
    );
    const { publicUrl, trustedProxies, streamReplicas } = readConfig(
      production.configMaps.get('settings') ?? {},
    );
    expect({ publicUrl, trustedProxies, streamReplicas }).toMatchObject({
      publicUrl: 'https://ates.example.com',
      trustedProxies: ['10.244.0.0/16'],
      streamReplicas: 3,
    });
  });
});

describe('the provisioning step', () => {
  const job = named<Workload>('Job', STEP);

  it('F19: alone has the superuser and the user of NATS with all rights', () => {
    const { databaseUrl, natsUrls, keySecret, serviceDatabaseUrls } = readConfig(variablesOf(job));
    expect({ databaseUrl, natsUrls, keySecret }).toEqual({
      databaseUrl: 'postgresql://postgres:trying-it-out@postgres:5432/postgres',
      natsUrls: ['nats://ates:trying-it-out@nats:4222'],
      keySecret: 'trying-it-out-and-no-more',
    });
    expect(Object.keys(serviceDatabaseUrls).sort()).toEqual(withDatabase(product, serviceNames()).sort());
    const owners = workloads.filter((each) => JSON.stringify(each).includes(`"name":"${STEP}","key"`));
    expect(owners).toEqual([job]);
  });

  it('runs the same command as in docker-compose.yml', () => {
    const { command = [], image: own } = containerOf(job);
    expect(own).toBe('ates:local');
    expect(readFileSync(new URL('docker-compose.yml', ROOT), 'utf8')).toContain(
      `entrypoint: [${command.join(', ')}]`,
    );
  });

  it('gives the servers the passwords of their users', () => {
    const names = ['', 'OPERATOR_', ...serviceNames().map((name) => `${name.toUpperCase()}_`)];
    expect(Object.keys(variablesOf(named('StatefulSet', 'nats'))).sort()).toEqual(
      ['GOMEMLIMIT', ...names.map((name) => `${name}NATS_PASSWORD`)].sort(),
    );
    expect(variablesOf(named('StatefulSet', 'postgres'))).toMatchObject({
      POSTGRES_PASSWORD: 'trying-it-out',
    });
    const { nats = {} } = Object.fromEntries(trial.configMaps);
    expect(Object.keys(nats)).toEqual(['nats-server.conf', 'nats-users.conf']);
    const values = [...trial.secrets.values()].flatMap((each) => Object.values(each));
    const secrets = values.flatMap((value) => value.match(/(?<=:)[^:@/]+(?=@)|^[^:]+$/g) ?? []);
    expect(new Set(secrets)).toEqual(new Set(['trying-it-out', 'trying-it-out-and-no-more']));
  });
});

describe('the network policies', () => {
  const [nats, postgres, mailpit] = ['StatefulSet nats', 'StatefulSet postgres', 'Deployment mailpit'].map(
    (title) => Object.fromEntries(titled(workloads))[title] as Workload,
  ) as [Workload, Workload, Workload];
  const clients = workloads.filter(({ metadata }) => !SERVERS.includes(metadata.name));

  it('refuse what is not named', () => {
    expect(named<Policy>('NetworkPolicy', 'default-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it.each(titled(ofKind<Policy>('NetworkPolicy')))('%s concerns existing pods and ports', (_, { spec }) => {
    const pods = podsOf(spec.podSelector);
    expect(pods.length).toBeGreaterThan(0);
    for (const { ports } of spec.ingress ?? []) {
      for (const { port } of ports) {
        const known = pods.flatMap((pod) => containerOf(pod).ports ?? []).map(({ name }) => name);
        expect(known).toContain(port);
      }
    }
    expect(spec.policyTypes).toEqual([
      ...(spec.ingress === undefined && spec.egress !== undefined ? [] : ['Ingress']),
      ...(spec.egress === undefined && spec.ingress !== undefined ? [] : ['Egress']),
    ]);
  });

  it.each(titled(clients))('let %s reach the servers that it uses, and no others', (_, client) => {
    const { name } = client.metadata;
    expect({
      nats: mayReach(client, nats, 'client'),
      postgres: mayReach(client, postgres, 'postgres'),
      mailpit: mayReach(client, mailpit, 'smtp'),
    }).toEqual({
      nats: true,
      postgres: name === STEP || withDatabase(product, [name]).length > 0,
      mailpit: name === 'mailer',
    });
  });

  it.each(titled(clients))('let %s out to the ports of its servers only, wherever they are', (_, client) => {
    const { name } = client.metadata;
    const outside = ofKind<Policy>('NetworkPolicy')
      .filter(({ spec }) => matches(spec.podSelector, client.spec.template.metadata.labels))
      .flatMap(({ spec }) => spec.egress ?? [])
      .filter(({ to }) => to === undefined)
      .flatMap(({ ports }) => ports.map(({ port }) => port));
    const hasDatabase = name === STEP || withDatabase(product, [name]).length > 0;
    expect(new Set(outside)).toEqual(
      new Set([53, 4222, ...(hasDatabase ? [5432] : []), ...(name === 'mailer' ? [25, 465, 587] : [])]),
    );
  });

  it('let no pod reach a node', () => {
    for (const client of clients) {
      for (const node of clients) {
        for (const { name } of containerOf(node).ports ?? [])
          expect(mayReach(client, node, name)).toBe(false);
      }
    }
  });
});
