/** The Kubernetes manifests of a system with a Deployment for each service. Pure. */
import type { IDeployment as Deployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IJob as Job } from 'kubernetes-models/batch/v1/Job';
import type { IPodDisruptionBudget as PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IContainer as Container } from 'kubernetes-models/v1/Container';
import type { IEnvVar as Variable } from 'kubernetes-models/v1/EnvVar';
import type { IPodSpec as PodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IProbe as Probe } from 'kubernetes-models/v1/Probe';

/** A service, as far as its manifests differ from those of others. */
export interface DeployedService {
  readonly name: string;
  readonly hasDatabase: boolean;
}

/** The service that answers HTTP. */
const GATEWAY = 'gateway';
const HTTP_PORT = 3000;
const METRICS_PORT = 9464;
/** What prepares the servers, and its Secret. */
const PROVISION = 'provision';
/** Longer than `scripts/health.ts` takes to give up, in seconds. */
const PROBE_SECONDS = 5;
/**
 * A gateway goes on for so long after it was told to end, in seconds. Until then other machines of
 * the cluster may still send requests there.
 */
const LEAVE_SECONDS = 5;

const memory = (request: string, limit: string) => ({
  requests: { cpu: '100m', memory: request },
  limits: { memory: limit },
});

/** The labels of pods, Deployments and what belongs to them. */
export const labelsOf = (system: string, name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': system,
});

/** All manifests of nodes. `system` is the value of the label `part-of`. */
export function nodeManifests(
  system: string,
  services: readonly DeployedService[],
): (Deployment | PodDisruptionBudget | Job)[] {
  return [
    provisionJob(system, services),
    ...services.flatMap((service) => [deployment(system, service), disruptionBudget(system, service)]),
  ];
}

function deployment(system: string, { name }: DeployedService): Deployment {
  const labels = labelsOf(system, name);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    // The number of replicas belongs to the autoscaler, or to an overlay.
    spec: {
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels,
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(METRICS_PORT) },
        },
        spec: podSpec(node(name), labels),
      },
    },
  };
}

/** A drain of a machine takes one node of a service at a time, or any that is not ready. */
function disruptionBudget(system: string, { name }: DeployedService): PodDisruptionBudget {
  const labels = labelsOf(system, name);
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, labels },
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: labels } },
  };
}

function node(name: string): Container {
  const isGateway = name === GATEWAY;
  const listen = isGateway
    ? [
        { name: 'HOST', value: '0.0.0.0' },
        { name: 'PORT', value: String(HTTP_PORT) },
      ]
    : [];
  return container({
    name: 'node',
    args: [`services/${name}/${name}.service.ts`],
    env: [...listen, { name: 'METRICS_LISTEN', value: `0.0.0.0:${METRICS_PORT}` }],
    envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name } }],
    ports: [
      ...(isGateway ? [{ name: 'http', containerPort: HTTP_PORT }] : []),
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    ...(isGateway ? gatewayProbes() : nodeProbes()),
  });
}

/** What is true of every container of ours: it has no rights, and writes to `/tmp` only. */
function container({ name, ...own }: Container): Container {
  return {
    name,
    image: 'ates:local',
    // A node of all services takes some 430 MB under load.
    resources: memory('256Mi', '768Mi'),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    ...own,
  };
}

/** `labels`: nodes of one service spread over machines. */
function podSpec(only: Container, labels: Record<string, string> | null): PodSpec {
  return {
    automountServiceAccountToken: false,
    // Variables such as GATEWAY_PORT are no settings.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      // `node` of the image.
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // A node leaves within 20 seconds.
    terminationGracePeriodSeconds: 30,
    containers: [only],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
    ...(labels === null
      ? {}
      : {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels },
            },
          ],
        }),
  };
}

/**
 * A restart helps a node that does not answer at all. It does not help one whose servers are away:
 * that one is not ready. A node starts once the servers are provisioned, for which it waits.
 */
function nodeProbes(): Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  const check = (...options: string[]): Probe => ({
    exec: { command: ['node', 'scripts/health.ts', ...options] },
    timeoutSeconds: PROBE_SECONDS,
  });
  return {
    startupProbe: { ...check('--live'), periodSeconds: 5, failureThreshold: 60 },
    livenessProbe: { ...check('--live'), periodSeconds: 30, failureThreshold: 3 },
    readinessProbe: { ...check(), periodSeconds: 15, failureThreshold: 2 },
  };
}

function gatewayProbes(): Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe' | 'lifecycle'> {
  const ask = (path: string): Probe => ({
    httpGet: { path, port: 'http' },
    timeoutSeconds: PROBE_SECONDS,
  });
  return {
    startupProbe: { ...ask('/livez'), periodSeconds: 5, failureThreshold: 60 },
    livenessProbe: { ...ask('/livez'), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...ask('/readyz'), periodSeconds: 5, failureThreshold: 2 },
    lifecycle: { preStop: { exec: { command: ['sleep', String(LEAVE_SECONDS)] } } },
  };
}

/**
 * Prepares databases, roles and streams. It alone has the superuser and the user of NATS with all
 * rights. The passwords of the services' roles are those of their Secrets.
 */
function provisionJob(system: string, services: readonly DeployedService[]): Job {
  const secret = (name: string, from: string): Variable => ({
    name,
    valueFrom: { secretKeyRef: { name: from, key: name } },
  });
  const urls = services
    .filter(({ hasDatabase }) => hasDatabase)
    .map(({ name }) => secret(`${name.toUpperCase()}_DATABASE_URL`, name));
  const labels = labelsOf(system, PROVISION);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: PROVISION, labels },
    spec: {
      backoffLimit: 20,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'OnFailure',
          ...podSpec(
            container({
              name: PROVISION,
              command: ['node', '--disable-warning=ExperimentalWarning', 'scripts/provision.ts'],
              envFrom: [{ configMapRef: { name: 'settings' } }],
              env: [
                secret('DATABASE_URL', PROVISION),
                secret('NATS_URL', PROVISION),
                secret('KEY_SECRET', 'auth'),
                ...urls,
              ],
            }),
            null,
          ),
        },
      },
    },
  };
}
