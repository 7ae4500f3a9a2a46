/** Accounts in SQL. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import { ADMIN, type User } from './user.ts';

/** An account with the hash of its beak. */
export interface Credentials extends User {
  readonly beakHash: string;
}

const COLUMNS = `id, login, name, email, locale, roles, active, version, token_version AS "tokenVersion",
  must_change_beak AS "mustChangeBeak",
  registered_at AS "createdAt", last_sign_in_at AS "lastSignInAt"`;

/** A new account, before the database gives it its time. */
export type NewUser = Omit<User, 'createdAt' | 'lastSignInAt'>;

/** Returns undefined and changes nothing when the login is taken. */
export async function insertUser(tx: Tx, user: NewUser, beakHash: string): Promise<User | undefined> {
  const { id, login, name, email, locale, roles, active, mustChangeBeak, version, tokenVersion } = user;
  const [inserted] = await tx.rows<User>(
    `INSERT INTO user_account (id, login, name, email, locale, roles, active, beak_hash, version, token_version, must_change_beak)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (login) DO NOTHING RETURNING ${COLUMNS}`,
    [id, login, name, email, locale, roles, active, beakHash, version, tokenVersion, mustChangeBeak],
  );
  return inserted;
}

/** When `beakHash` is null, the old hash stays. */
export async function updateUser(tx: Tx, user: User, beakHash: string | null): Promise<void> {
  const { id, name, email, locale, roles, active, mustChangeBeak, version, tokenVersion } = user;
  await tx.run(
    `UPDATE user_account
     SET name = $2, email = $3, locale = $4, roles = $5, active = $6, beak_hash = coalesce($7, beak_hash),
         version = $8, token_version = $9, must_change_beak = $10
     WHERE id = $1`,
    [id, name, email, locale, roles, active, beakHash, version, tokenVersion, mustChangeBeak],
  );
}

/**
 * Stores a new hash of the same beak in its normal form. The account does not change, so there is
 * no event and its sessions go on.
 */
export async function renewBeakHash(tx: Tx, id: string, beakHash: string): Promise<void> {
  await tx.run('UPDATE user_account SET beak_hash = $2 WHERE id = $1', [id, beakHash]);
}

/** Finds an account by its login, to compare a beak with its hash. */
export async function findCredentials(tx: Tx, login: string): Promise<Credentials | undefined> {
  const [user] = await tx.rows<Credentials>(
    `SELECT ${COLUMNS}, beak_hash AS "beakHash" FROM user_account WHERE login = $1`,
    [login],
  );
  return user;
}

/** Locks an account exclusively; waits for current changes, sign-ins and refreshes. */
export async function lockUser(tx: Tx, id: string): Promise<Credentials | undefined> {
  const [user] = await tx.rows<Credentials>(
    `SELECT ${COLUMNS}, beak_hash AS "beakHash" FROM user_account WHERE id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  return user;
}

/** The locked account has just signed in. The account does not change, so there is no event. */
export async function noteSignIn(tx: Tx, id: string): Promise<void> {
  await tx.run('UPDATE user_account SET last_sign_in_at = now() WHERE id = $1', [id]);
}

/**
 * Locks an account shared: it can't change until the commit. Take this lock before that of a
 * session.
 */
export async function lockUserShared(tx: Tx, id: string): Promise<Credentials | undefined> {
  const [user] = await tx.rows<Credentials>(
    `SELECT ${COLUMNS}, beak_hash AS "beakHash" FROM user_account WHERE id = $1 FOR SHARE`,
    [id],
  );
  return user;
}

/**
 * Serializes transactions that may take the role from an admin (AUTH-5). It is a separate
 * statement, so that the next one sees the changes that this waited for.
 */
export async function lockAdmins(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('auth:admins', 0))`);
}

/** Whether there is another active admin. Call it under `lockAdmins`. */
export async function otherActiveAdminExists(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.rows(
    'SELECT 1 FROM user_account WHERE roles @> ARRAY[$2] AND active AND id <> $1 LIMIT 1',
    [id, ADMIN],
  );
  return rows.length > 0;
}

/** Id and name of accounts by id, after one of them and among `ids`. Null is no condition. */
export async function readNames(
  reader: Reader,
  { after, ids, limit }: { after: string | null; ids: readonly string[] | null; limit: number },
): Promise<{ readonly id: string; readonly name: string }[]> {
  return reader.rows(
    `SELECT id, name FROM user_account
     WHERE ($1::uuid IS NULL OR id > $1) AND ($2::uuid[] IS NULL OR id = ANY ($2)) ORDER BY id LIMIT $3`,
    [after, ids, limit],
  );
}

/** Whether anybody is an admin, active or not. */
export async function adminExists(tx: Tx): Promise<boolean> {
  const rows = await tx.rows('SELECT 1 FROM user_account WHERE roles @> ARRAY[$1] LIMIT 1', [ADMIN]);
  return rows.length > 0;
}
