/**
 * Compares entries of the bucket with the tables, and appends an event about foreign writes
 * (AUD-1).
 */
import { v5 as uuidv5 } from 'uuid';
import { isUniqueViolation } from '#mixins/database/errors.ts';
import { sessionEntry } from '#mixins/identity/access-token.ts';
import { appendOperatorAction, type OperatorAction } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { InterventionStep } from '#schemas/intervention.ts';
import type { Auth } from '../context.ts';
import { revokedAmong } from '../sessions/session.store.ts';
import { type EntryRow, type HeldEntry, judgeEntry, shownKey, type Verdict } from './held-entries.ts';
import { readRows } from './identity-entry.store.ts';

/** The UUID namespace for the ids of these events. */
const EVENT_IDS = 'b7a0c6f4-6f0e-4f8e-9f0b-6f1f6a1f9d17';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The form of auth's own keys. Foreign keys may hold text that PostgreSQL refuses. */
const OURS = /^[a-z]+\.[\w-]+$/;
const SESSION = sessionEntry('');

/** The result of a comparison, by what the guard has to do. */
export interface Comparison {
  /** Entries that auth never wrote. */
  readonly foreign: readonly HeldEntry[];
  /** Entries that somebody changed or deleted, with the value that the bucket must have. */
  readonly altered: readonly (HeldEntry & { readonly value: object })[];
  /**
   * Entries of sessions whose revocation has expired. A bucket that lost its tail brings them back.
   */
  readonly expired: readonly HeldEntry[];
  /** Entries that the writer is about to put. They are compared again later. */
  readonly waiting: readonly HeldEntry[];
  /** Markers of deleted entries that have no row. */
  readonly gone: readonly HeldEntry[];
}

/** Callers must read the entries before they call this: see `judgeEntry`. */
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

declare module '#schemas/intervention.ts' {
  interface InterventionSteps {
    /**
     * Done by the service itself: its bucket had entries that it did not write. The target is the
     * bucket, the detail lists the keys.
     */
    'identity-entries-removed': true;
    /**
     * Done by the service itself: somebody changed or deleted entries of its bucket, and it
     * restored them.
     */
    'identity-entries-restored': true;
  }
}

/**
 * Appends an event about entries that are about to be repaired. Returns false when another node has
 * already appended it. The event's id is derived from the revisions and from the time at which the
 * bucket was made (`created`).
 */
export async function reportEntries(
  { database }: Auth,
  step: InterventionStep,
  created: string,
  entries: readonly HeldEntry[],
  cause: Cause,
): Promise<boolean> {
  const revisions = entries.map(({ key, revision }) => `${key} ${revision}`);
  const action: OperatorAction = {
    id: uuidv5([created, step, ...revisions].join('\n'), EVENT_IDS),
    step,
    target: 'identity',
    detail: entries.map(({ key }) => shownKey(key)).join(', '),
  };
  try {
    await database.inTransaction((tx) => appendOperatorAction(tx, action, cause));
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
