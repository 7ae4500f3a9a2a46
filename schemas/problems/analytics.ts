import type { ErrorDefinitions } from './definition.ts';

export default {
  rebuild_refused: {
    status: 409,
    retryable: false,
    title: 'The figures can not be rebuilt from the streams',
  },
} as const satisfies ErrorDefinitions;
