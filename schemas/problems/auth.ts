import type { ErrorDefinitions } from './definition.ts';

export default {
  wrong_credentials: { status: 401, retryable: false, title: 'Login or beak is wrong' },
  login_taken: { status: 409, retryable: false, title: 'The login is taken' },
  last_admin: { status: 409, retryable: false, title: 'The last active admin must stay one' },
  foreign_keys: {
    status: 409,
    retryable: true,
    title: 'The identity bucket holds signing keys that are not ours',
  },
} as const satisfies ErrorDefinitions;
