import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  wrong_credentials: {
    status: 401,
    title: 'Login or beak is wrong',
    meaning: 'No active account has this login and this beak.',
    remedy: 'Check both. After too many wrong ones, sign-in is refused for a while.',
  },
  login_taken: {
    status: 409,
    title: 'The login is taken',
    meaning: 'Another account has this login, also if it is not active.',
    remedy: 'Choose another login.',
  },
  last_admin: {
    status: 409,
    title: 'The last active admin must stay one',
    meaning: 'This change would leave the system without an active admin.',
    remedy: 'Make somebody else an admin first.',
  },
  foreign_keys: {
    status: 409,
    retryable: true,
    title: 'The identity bucket holds signing keys that are not ours',
    meaning: 'Another system, or another KEY_SECRET, has published its keys in the bucket of this one.',
    remedy: 'Ask an operator to compare KEY_SECRET and NAMESPACE of all nodes, then try again.',
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
