import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  rebuild_refused: {
    status: 409,
    title: 'The figures can not be rebuilt from the streams',
    meaning:
      'The streams no longer hold all events that the figures were made from, or a rebuild is running.',
    remedy: 'Read the reason in the answer. The runbook says what to do about it.',
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
