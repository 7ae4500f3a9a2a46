/** An admin gets a new activation code for an account (AUTH-11). */
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type activationAction from '#schemas/actions/auth/activation.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { lockUser } from '../users/user.store.ts';
import { drawCode } from './activation-code.ts';
import { issueCode } from './issue-code.step.ts';

/**
 * The answer to a repeated request has no code, because the kept one has none. Throws `not_found`,
 * `account_inactive`, and what `withIdempotency` throws.
 */
export async function issueActivation(
  auth: Auth,
  userId: string,
  { cause, idempotency }: Request,
): Promise<ActionAnswer<typeof activationAction>> {
  const code = drawCode();
  return auth.database.inTransaction(async (tx) => {
    let activationCode: string | null = null;
    const { expiresAt } = await withIdempotency(tx, idempotency, async () => {
      const user = await lockUser(tx, userId);
      if (user === undefined) throw new Problem('not_found');
      if (!user.active) throw new Problem('account_inactive');
      const end = await issueCode(tx, userId, { kind: 'activation', code }, cause);
      activationCode = code;
      return { expiresAt: end.toISOString() };
    });
    return { activationCode, expiresAt };
  });
}
