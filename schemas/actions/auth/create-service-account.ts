import { defineAction } from '#schemas/action.ts';
import { nullable } from '#schemas/answers.ts';
import { name, role } from '#schemas/fields/auth.ts';
import { id, secret } from '#schemas/params.ts';

/** More would make the entries of the identity bucket long. */
const MAX_SCOPES = 32;

/**
 * AUTH-10: refused with `validation_failed` for the scope `admin`, and for an expiry that has
 * passed or is too far away.
 */
export default defineAction({
  action: 'auth.createServiceAccount',
  route: 'POST /service-accounts',
  access: ['admin'],
  status: 201,
  summary:
    'Gives another application access, and shows its Bearer token only this once. Scopes are roles, but never `admin`.',
  details:
    'Requests with this token have its scopes as their roles. A service account has no account in the books: `me` is not found there. Routes about the own account (`/auth/me`, `/auth/sessions`) refuse it.',
  params: {
    name,
    scopes: { type: 'array', items: role, unique: true, min: 1, max: MAX_SCOPES },
    /** With its offset, at most ten years ahead. */
    expiresAt: {
      type: 'string',
      pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/,
      expects: 'a time with its offset (ISO 8601)',
      format: 'date-time',
      example: '2027-03-31T12:30:00Z',
    },
  },
  answer: {
    id: id(),
    /** Null when a request is repeated with its `Idempotency-Key`: only the hash is stored. */
    token: nullable(secret()),
  },
});
