/** Activation codes in SQL. Lock order: account, code. */
import type { Tx } from '#mixins/database/database.ts';
import type { Credentials } from '../users/user.store.ts';
import type { CodeKind } from './activation-code.ts';

export interface NewCode {
  readonly id: string;
  readonly userId: string;
  readonly kind: CodeKind;
  readonly hash: Buffer;
  /** How long it can be redeemed, in milliseconds. */
  readonly lifeMs: number;
}

/** Stores a code of a locked account. The earlier one of its kind is void. Returns its end. */
export async function replaceCode(tx: Tx, { id, userId, kind, hash, lifeMs }: NewCode): Promise<Date> {
  await tx.run('DELETE FROM activation_code WHERE user_id = $1 AND kind = $2', [userId, kind]);
  const [stored] = await tx.rows<{ expiresAt: Date }>(
    `INSERT INTO activation_code (id, user_id, kind, hash, expires_at)
     VALUES ($1, $2, $3, $4, now() + $5::double precision * interval '1 millisecond')
     RETURNING expires_at AS "expiresAt"`,
    [id, userId, kind, hash, lifeMs],
  );
  if (stored === undefined) throw new Error('The code was not stored');
  return stored.expiresAt;
}

/** The active account that a code belongs to. Takes no lock. */
export async function ownerOfCode(
  tx: Tx,
  hash: Buffer,
): Promise<Pick<Credentials, 'id' | 'login'> | undefined> {
  const [owner] = await tx.rows<Pick<Credentials, 'id' | 'login'>>(
    `SELECT u.id, u.login FROM activation_code c JOIN user_account u ON u.id = c.user_id
     WHERE c.hash = $1 AND c.expires_at > clock_timestamp() AND u.active`,
    [hash],
  );
  return owner;
}

/** Takes a code of a locked account. Returns false when it is gone or too old. */
export async function takeCode(tx: Tx, userId: string, hash: Buffer): Promise<boolean> {
  const taken = await tx.run(
    'DELETE FROM activation_code WHERE user_id = $1 AND hash = $2 AND expires_at > clock_timestamp()',
    [userId, hash],
  );
  return taken === 1;
}

/** Makes the codes of these kinds void, for a locked account. */
export async function deleteCodesOf(tx: Tx, userId: string, kinds: readonly CodeKind[]): Promise<void> {
  await tx.run('DELETE FROM activation_code WHERE user_id = $1 AND kind = ANY ($2)', [userId, kinds]);
}

/** Deletes at most `limit` codes that are too old. Returns their number. */
export async function deleteOldCodes(tx: Tx, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM activation_code WHERE id IN
       (SELECT id FROM activation_code WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [limit],
  );
}
