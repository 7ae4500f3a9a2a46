import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  wrong_credentials: {
    status: 401,
    title: 'Login or beak is wrong',
    meaning: 'No active account has this login and this beak.',
    remedy: 'Check both. After too many wrong ones, sign-in is refused for a while.',
  },
  wrong_code: {
    status: 401,
    title: 'The code is wrong',
    meaning: 'The code is unknown, was used or replaced by a newer one, or is too old.',
    remedy: 'Check it. If it is right, ask for a new one.',
  },
  beak_change_required: {
    status: 403,
    title: 'The beak must be changed',
    meaning: 'An admin requires a new beak for this account.',
    remedy: 'Sign in again with the new beak as `next` in the body.',
  },
  login_taken: {
    status: 409,
    title: 'The login is taken',
    meaning: 'Another account has this login, also if it is not active.',
    remedy: 'Choose another login.',
  },
  account_inactive: {
    status: 409,
    title: 'The account is not active',
    meaning: 'A deactivated account can not be activated by a code.',
    remedy: 'Make the account active first.',
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
