/** Shows operators the signing keys, without any key: what auth's tables have of them, and what the bucket has. */
import type { Database } from '#mixins/database/database.ts';
import { keyEntry } from '#mixins/identity/access-token.ts';
import { Problem } from '#schemas/errors.ts';
import { truncate } from '#schemas/text.ts';
import { type EntryRow, type HeldEntry, judgeEntry, shownKey } from '../identity/held-entries.ts';
import { readRows } from '../identity/identity-entry.store.ts';
import { readAllKeys } from './signing-key.store.ts';
import { type KeyState, stateOfKey } from './signing-keys.ts';

/** Longest list of key ids in a refusal, in code points. */
const MAX_LISTED = 500;

/**
 * What the bucket has of a key. `believed`: its public half. `retired`: that it is no longer believed. `missing`: nothing. `wrong`: something that
 * the tables do not say, yet or at all. `unknown`: the bucket could not be read.
 */
export type KeyInBucket = 'believed' | 'retired' | 'missing' | 'wrong' | 'unknown';

/** A key as operators see it. */
export interface KeyView {
  readonly kid: string;
  /** `foreign`: the tables have no such key. */
  readonly state: KeyState | 'foreign';
  /** ISO 8601; null while it waits to be published. */
  readonly signsFrom: string | null;
  /** ISO 8601; null for a key without a successor. */
  readonly retiredAt: string | null;
  /** Whether the bucket holds what it has to hold of the key: nodes that reach NATS obey it. */
  readonly inForce: boolean;
  readonly inBucket: KeyInBucket;
}

/** All keys that there ever were, the oldest first, then foreign ones. `held`, read before, is what the bucket has under `key.`; null: unknown. */
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
 * Throws `foreign_keys` where the bucket has keys that auth has not written, also under the id of one of its own. `held` as in `listKeys`.
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

/** The ids of keys in the bucket of which the tables have nothing. */
const foreignKeys = (held: readonly HeldEntry[], rows: ReadonlyMap<string, EntryRow>): string[] =>
  held.filter((entry) => judgeEntry(entry, rows.get(entry.key)) === 'foreign').map(kidOf);

/** The ids of our keys under which the bucket has something else. */
const replacedKeys = (held: readonly HeldEntry[], rows: ReadonlyMap<string, EntryRow>): string[] =>
  held
    .filter((entry) => entry.text !== undefined && judgeEntry(entry, rows.get(entry.key)) === 'altered')
    .map(kidOf);

const kidOf = ({ key }: HeldEntry): string => shownKey(key.slice(keyEntry('').length));
