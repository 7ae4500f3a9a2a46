/** Holds entries of the bucket against the tables, and leaves an event of what somebody else wrote there (AUD-1). */
import { v5 as uuidv5 } from 'uuid';
import { isUniqueViolation } from '#mixins/database/errors.ts';
import { sessionEntry } from '#mixins/identity/access-token.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { InterventionStep } from '#schemas/intervention.ts';
import type { Auth } from '../context.ts';
import { revokedAmong } from '../sessions/session.store.ts';
import { type EntryRow, type HeldEntry, judgeEntry, shownKey, type Verdict } from './held-entries.ts';
import { readRows } from './identity-entry.store.ts';

/** The namespace of ids of such events. */
const EVENT_IDS = 'b7a0c6f4-6f0e-4f8e-9f0b-6f1f6a1f9d17';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What a key of ours is made of; others hold what PostgreSQL may refuse. */
const OURS = /^[a-z]+\.[\w-]+$/;
const SESSION = sessionEntry('');

/** What is to be done with entries. */
export interface Comparison {
  /** Auth never wrote these. */
  readonly foreign: readonly HeldEntry[];
  /** Somebody changed or deleted these; with what the bucket has to hold. */
  readonly altered: readonly (HeldEntry & { readonly value: object })[];
  /** Of sessions whose revocation has expired: a bucket that lost its tail brings them back. */
  readonly expired: readonly HeldEntry[];
  /** The writer will put these: to be looked at again. */
  readonly waiting: readonly HeldEntry[];
  /** Markers of deleted entries, of which the tables have nothing. */
  readonly gone: readonly HeldEntry[];
}

/** The entries must have been read before this is called: see `judgeEntry`. */
export function compareEntries({ database }: Auth, entries: readonly HeldEntry[]): Promise<Comparison> {
  return database.inTransaction(async (tx) => {
    const keys = entries.map(({ key }) => key).filter((key) => OURS.test(key));
    const rows = await readRows(tx, keys);
    const judged = entries.map((entry) => ({ entry, row: rows.get(entry.key) }));
    const as = (verdict: Verdict) =>
      judged.filter(({ entry, row }) => judgeEntry(entry, row) === verdict).map(({ entry }) => entry);
    const foreign = as('foreign');
    const revoked = await revokedAmong(
      tx,
      foreign.map(sessionIdOf).filter((id) => UUID.test(id)),
    );
    return {
      foreign: foreign.filter((entry) => !revoked.has(sessionIdOf(entry))),
      altered: as('altered').map((entry) => ({ ...entry, value: (rows.get(entry.key) as EntryRow).value })),
      expired: foreign.filter((entry) => revoked.has(sessionIdOf(entry))),
      waiting: as('waiting'),
      gone: as('right').filter(
        ({ key, revision, text }) => text === undefined && revision > 0 && !rows.has(key),
      ),
    };
  });
}

const sessionIdOf = ({ key }: HeldEntry): string =>
  key.startsWith(SESSION) ? key.slice(SESSION.length) : '';

/**
 * Leaves an event of what is going to be done with entries; returns false where another node has left it. Its id is a function of the
 * revisions it tells of, in the bucket that was made at `created`.
 */
export async function reportEntries(
  { database }: Auth,
  step: InterventionStep,
  created: string,
  entries: readonly HeldEntry[],
  cause: Cause,
): Promise<boolean> {
  const revisions = entries.map(({ key, revision }) => `${key} ${revision}`);
  const intervention = {
    id: uuidv5([created, step, ...revisions].join('\n'), EVENT_IDS),
    step,
    target: 'identity',
    detail: entries.map(({ key }) => shownKey(key)).join(', '),
  };
  try {
    await database.inTransaction((tx) => appendOperatorAction(tx, intervention, cause));
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
