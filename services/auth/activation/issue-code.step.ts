/** Issues an activation code for a locked account (AUTH-11). */
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { activationCodeIssued } from '#schemas/events/auth/activation-code-issued.v1.ts';
import { replaceCode } from './activation-code.store.ts';
import { CODE_MS, type CodeKind, hashOfCode } from './activation-code.ts';

/** Returns the code's end. The event has no code. */
export async function issueCode(
  tx: Tx,
  userId: string,
  { kind, code }: { readonly kind: CodeKind; readonly code: string },
  cause: Cause,
): Promise<Date> {
  const codeId = uuidv7();
  const hash = hashOfCode(code);
  const expiresAt = await replaceCode(tx, { id: codeId, userId, kind, hash, lifeMs: CODE_MS[kind] });
  const data = { codeId, userId, kind, expiresAt: expiresAt.getTime() };
  await appendEvents(tx, [newEvent(activationCodeIssued, codeId, 1, data, cause)]);
  return expiresAt;
}
