import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  wrong_credentials: { status: 401, title: 'Login or beak is wrong' },
  login_taken: { status: 409, title: 'The login is taken' },
  last_admin: { status: 409, title: 'The last active admin must stay one' },
  foreign_keys: {
    status: 409,
    retryable: true,
    title: 'The identity bucket holds signing keys that are not ours',
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
