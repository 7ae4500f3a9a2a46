/** Service accounts in SQL. */
import type { Reader, Tx } from '#mixins/database/database.ts';
import type { ServiceAccount } from './service-account.ts';

export async function insertServiceAccount(
  tx: Tx,
  account: ServiceAccount,
  secretHash: string,
  createdBy: string,
): Promise<void> {
  await tx.run(
    `INSERT INTO service_account (id, name, scopes, secret_hash, expires_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [account.id, account.name, account.scopes, secretHash, account.expiresAt, createdBy],
  );
}

export async function lockServiceAccount(tx: Tx, id: string): Promise<ServiceAccount | undefined> {
  const [account] = await tx.rows<ServiceAccount>(
    `SELECT id, name, scopes, expires_at AS "expiresAt", revoked_at IS NOT NULL AS revoked
     FROM service_account WHERE id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  return account;
}

export async function markRevoked(tx: Tx, id: string, by: string): Promise<void> {
  await tx.run('UPDATE service_account SET revoked_at = now(), revoked_by = $2 WHERE id = $1', [id, by]);
}

/** A service account as it is listed. */
export interface ListedAccount extends ServiceAccount {
  readonly createdAt: Date;
  readonly createdById: string;
  readonly createdByName: string;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedById: string | null;
  readonly revokedByName: string | null;
}

/** The newest first: their ids ascend with time. */
export async function findServiceAccounts(
  reader: Reader,
  before: string | null,
  limit: number,
): Promise<ListedAccount[]> {
  return reader.rows<ListedAccount>(
    `SELECT s.id, s.name, s.scopes, s.expires_at AS "expiresAt", s.revoked_at IS NOT NULL AS revoked,
       s.created_at AS "createdAt", s.created_by AS "createdById", creator.name AS "createdByName",
       s.last_used_at AS "lastUsedAt", s.revoked_at AS "revokedAt", s.revoked_by AS "revokedById",
       revoker.name AS "revokedByName"
     FROM service_account s
     JOIN user_account creator ON creator.id = s.created_by
     LEFT JOIN user_account revoker ON revoker.id = s.revoked_by
     WHERE $1::uuid IS NULL OR s.id < $1
     ORDER BY s.id DESC LIMIT $2`,
    [before, limit],
  );
}

/**
 * The times are milliseconds since 1970, by the ids of the accounts. An earlier one changes
 * nothing.
 */
export async function noteUses(tx: Tx, uses: Readonly<Record<string, number>>): Promise<void> {
  await tx.run(
    `UPDATE service_account AS s SET last_used_at = to_timestamp(used.value::double precision / 1000)
     FROM jsonb_each_text($1::jsonb) AS used
     WHERE s.id = used.key::uuid
       AND (last_used_at IS NULL OR last_used_at < to_timestamp(used.value::double precision / 1000))`,
    [JSON.stringify(uses)],
  );
}
