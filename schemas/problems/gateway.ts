import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  metrics_refused: {
    status: 403,
    title: 'The metrics may not be read from this address',
    meaning:
      'The operator lets other addresses read the metrics. If this machine alone may, a request through a proxy may not.',
    remedy: 'Read them where the setting `METRICS` allows it.',
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
