/** The autoscalers of KEDA for the Deployments of services. Pure. */
import type { IScaledObject as ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { labelsOf } from './nodes.ts';

/** A service, as far as its load can be seen. */
export interface ScaledService {
  readonly name: string;
  /** The names of its durables. */
  readonly durables: readonly string[];
}

/** The loss of one node leaves another one. */
const MIN_NODES = 2;
/** More nodes of a service mostly wait for its database (docs/scaling.md). */
const MAX_NODES = 4;
/** Events that wait for one node. It handles as many in a second or two; the alert is at 10,000. */
const EVENTS_A_NODE = '2500';
/** Of a core. A node has one thread, and answers slowly long before it is busy all the time. */
const CPU_A_NODE = '600m';
/** Loads such as a shuffle come in waves. A node goes when it was not needed for so long. */
const CALM_SECONDS = 300;
/** Where the overlay names no other address. */
const PROMETHEUS = 'http://prometheus-server.monitoring.svc';

/** All autoscalers. `system` is the value of the label `part-of`, and the prefix of the metrics. */
export function scalerManifests(system: string, services: readonly ScaledService[]): ScaledObject[] {
  return services.map(({ name, durables }) => ({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name, labels: labelsOf(system, name) },
    spec: {
      scaleTargetRef: { name },
      minReplicaCount: MIN_NODES,
      maxReplicaCount: MAX_NODES,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: { scaleDown: { stabilizationWindowSeconds: CALM_SECONDS } },
        },
      },
      // The largest number that one of them asks for.
      triggers: [
        ...(durables.length === 0 ? [] : [lag(system, durables)]),
        { type: 'cpu', metricType: 'AverageValue', metadata: { value: CPU_A_NODE } },
      ],
    },
  }));
}

/** All nodes of a service report the same lag of a durable, hence `min`. */
function lag(system: string, durables: readonly string[]): ScaledObject['spec']['triggers'][number] {
  const events = `${system}_consumer_lag_events{consumer=~"${durables.join('|')}"}`;
  return {
    type: 'prometheus',
    metadata: {
      serverAddress: PROMETHEUS,
      query: `sum(min by (consumer) (${events}))`,
      threshold: EVENTS_A_NODE,
    },
  };
}
