/**
 * Lists the signing keys for operators, without any key material, from auth's tables and from the
 * bucket.
 */
import type { Database } from '#mixins/database/database.ts';
import { keyEntry } from '#mixins/identity/access-token.ts';
import { Problem } from '#schemas/errors.ts';
import { truncate } from '#schemas/text.ts';
import { type EntryRow, type HeldEntry, judgeEntry, shownKey } from '../identity/held-entries.ts';
import { readRows } from '../identity/identity-entry.store.ts';
import { readAllKeys } from './signing-key.store.ts';
import { type KeyState, stateOfKey } from './signing-keys.ts';

/** The longest list of key ids in an error message, in code points. */
const MAX_LISTED = 500;

/**
 * The entry of a key in the bucket.
 *
 * - `believed`: its public half.
 * - `retired`: the marker that it is no longer accepted.
 * - `missing`: no entry.
 * - `wrong`: an entry that the tables do not have, or do not have yet.
 * - `unknown`: the bucket could not be read.
 */
export type KeyInBucket = 'believed' | 'retired' | 'missing' | 'wrong' | 'unknown';

/** A key as operators see it. */
export interface KeyView {
  readonly kid: string;
  /** `foreign`: the tables have no such key. */
  readonly state: KeyState | 'foreign';
  /** ISO 8601; null until the key is published. */
  readonly signsFrom: string | null;
  /** ISO 8601; null while the key has no successor. */
  readonly retiredAt: string | null;
  /** Whether the bucket holds the right entry, so that nodes that reach NATS obey it. */
  readonly inForce: boolean;
  readonly inBucket: KeyInBucket;
}

/**
 * All keys, the oldest first, then foreign ones. Callers read `held`, the bucket's entries under
 * `key.`, first; null means unknown.
 */
export async function listKeys(database: Database, held: readonly HeldEntry[] | null): Promise<KeyView[]> {
  return database.inTransaction(async (tx) => {
    const { keys, now } = await readAllKeys(tx);
    const entries = new Map(held?.map((entry) => [entry.key, entry]));
    const rows = await readRows(tx, [...keys.map(({ kid }) => keyEntry(kid)), ...entries.keys()]);
    const inBucket = (key: string): KeyInBucket => {
      if (held === null) return 'unknown';
      const entry = entries.get(key);
      if (entry?.text === undefined) return 'missing';
      if (judgeEntry(entry, rows.get(key)) !== 'right') return 'wrong';
      return 'retired' in (rows.get(key)?.value ?? {}) ? 'retired' : 'believed';
    };
    const ours = keys.map((key) => ({
      kid: key.kid,
      state: stateOfKey(key, keys, now),
      signsFrom: key.signsFrom?.toISOString() ?? null,
      retiredAt: key.retiredAt?.toISOString() ?? null,
      inForce: rows.get(keyEntry(key.kid))?.pending === false,
      inBucket: inBucket(keyEntry(key.kid)),
    }));
    const foreign = foreignKeys(held ?? [], rows).map((kid) => ({
      kid,
      state: 'foreign' as const,
      signsFrom: null,
      retiredAt: null,
      inForce: false,
      inBucket: 'wrong' as const,
    }));
    return [...ours, ...foreign];
  });
}

/**
 * Throws `foreign_keys` when the bucket has keys that auth did not write, also under the id of one
 * of auth's own keys. `held` is as in `listKeys`.
 */
export async function refuseForeignKeys(database: Database, held: readonly HeldEntry[]): Promise<void> {
  const rows = await database.inTransaction((tx) =>
    readRows(
      tx,
      held.map(({ key }) => key),
    ),
  );
  const kids = [...foreignKeys(held, rows), ...replacedKeys(held, rows)];
  if (kids.length > 0) {
    throw new Problem(
      'foreign_keys',
      `The identity bucket holds keys that auth has not written: ${truncate(kids.join(', '), MAX_LISTED)}. Nothing was changed. ` +
        'They are removed, or replaced, within seconds; change the credentials of NATS first, then revoke',
    );
  }
}

/** The ids of keys in the bucket that have no row. */
const foreignKeys = (held: readonly HeldEntry[], rows: ReadonlyMap<string, EntryRow>): string[] =>
  held.filter((entry) => judgeEntry(entry, rows.get(entry.key)) === 'foreign').map(kidOf);

/** The ids of auth's own keys whose entry in the bucket was replaced. */
const replacedKeys = (held: readonly HeldEntry[], rows: ReadonlyMap<string, EntryRow>): string[] =>
  held
    .filter((entry) => entry.text !== undefined && judgeEntry(entry, rows.get(entry.key)) === 'altered')
    .map(kidOf);

const kidOf = ({ key }: HeldEntry): string => shownKey(key.slice(keyEntry('').length));
