import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  mail_not_failed: {
    status: 409,
    title: 'Only a mail that failed can be sent again',
    meaning: 'The mail waits to be sent, or it was sent. Perhaps somebody has just sent it again.',
    remedy: 'Nothing is to be done: read the mail to see where it stands.',
  },
  mail_expired: {
    status: 409,
    title: 'The mail has expired',
    meaning: 'The mail failed, and the code in it has expired since. Its reader could do nothing with it.',
    remedy: 'Let its recipient request a new code.',
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
