import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  rebuild_refused: { status: 409, title: 'The figures can not be rebuilt from the streams' },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
