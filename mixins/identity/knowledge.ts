/**
 * What a node knows about keys, users and sessions: the bucket's content, in memory.
 *
 * Whoever can write to the bucket could also take back what its owner wrote. So a change that makes
 * a node trust less holds at once. One that makes it trust again holds only after it has stood for
 * a while: by then its owner, which compares the bucket with its tables, would have put it right.
 * What the owner has learned from its tables is never taken back.
 */
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { parseJson } from '#schemas/text.ts';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  type AccessClaims,
  CLOCK_TOLERANCE_SECONDS,
  type KnownUser,
  type RetiredKey,
} from './access-token.ts';

/** A change of one entry of the bucket. */
export interface BucketChange {
  readonly key: string;
  /** Undefined for a removed one. */
  readonly value: string | undefined;
  /** The bucket's revision; undefined for what was learned from the owner's tables. */
  readonly revision?: number;
}

/** Longer than the owner takes to put the bucket right, in milliseconds. */
export const RETURN_MS = 5_000;
/**
 * Revocations are dropped when no token of the session can be alive any more; checked at most this
 * often.
 */
const SWEEP_MS = 60_000;
/**
 * From when it was heard of: the broker's clock may be another one than that by which tokens
 * expire.
 */
const REMEMBER_MS = (ACCESS_TOKEN_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;

interface BelievedKey {
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

/** What is said of a key, a user or a session. */
interface Statement<Value> {
  /** Null: the key is retired, the session is not revoked. */
  readonly value: Value | null;
  /** A higher one trusts less. */
  readonly rank: number;
  /** Null for what only the owner's tables have said. */
  readonly revision: number | null;
}

/** What holds of one key, user or session, and what may hold soon. */
interface Known<Value> {
  holds: Statement<Value>;
  /** Whether the owner's tables have said at least so much; the rank. */
  learned: number;
  /** Trusts more than what holds; from `at` on it holds instead. */
  returning: { readonly statement: Statement<Value>; readonly at: number } | undefined;
}

const BELIEVED = 1;
const RETIRED = 2;
const OPEN = 0;
const REVOKED = 1;

/** Statements about the keys, the users or the sessions. */
class Statements<Value> {
  readonly #known = new Map<string, Known<Value>>();
  readonly #now: () => number;
  /** How many may hold soon: none, nearly always. */
  #returning = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What holds now. */
  get(id: string): Statement<Value> | undefined {
    const known = this.#known.get(id);
    return known && this.#settle(known);
  }

  /** All that holds now. */
  all(): [string, Statement<Value>][] {
    return [...this.#known].map(([id, known]) => [id, this.#settle(known)]);
  }

  /** Whether the owner's tables have said anything about it. */
  isLearned(id: string): boolean {
    return (this.#known.get(id)?.learned ?? Number.NEGATIVE_INFINITY) > Number.NEGATIVE_INFINITY;
  }

  /** The bucket is another one: its revisions say nothing about those of this one. */
  forgetRevisions(): void {
    for (const known of this.#known.values()) known.holds = { ...known.holds, revision: null };
  }

  delete(id: string): void {
    const known = this.#known.get(id);
    if (known !== undefined) this.#expect(known, undefined);
    this.#known.delete(id);
  }

  /** Statements may come again and in any order. */
  add(id: string, statement: Statement<Value>): void {
    const known = this.#known.get(id);
    const isLearned = statement.revision === null;
    if (known === undefined) {
      this.#known.set(id, {
        holds: statement,
        learned: isLearned ? statement.rank : Number.NEGATIVE_INFINITY,
        returning: undefined,
      });
      return;
    }
    if (statement.rank < known.learned) return;
    const { rank, revision } = this.#settle(known);
    if (statement.rank >= rank) {
      known.holds = isLearned ? { ...statement, revision } : statement;
      if (isLearned) known.learned = statement.rank;
      this.#expect(known, undefined);
    } else if (!isLearned && revision !== null && (statement.revision ?? 0) > revision) {
      // An older revision is no news: a bucket that lost its tail brings back what it held.
      this.#expect(known, { statement, at: this.#now() + RETURN_MS });
    }
  }

  #settle(known: Known<Value>): Statement<Value> {
    if (this.#returning > 0 && known.returning !== undefined && known.returning.at <= this.#now()) {
      known.holds = known.returning.statement;
      this.#expect(known, undefined);
    }
    return known.holds;
  }

  #expect(known: Known<Value>, returning: Known<Value>['returning']): void {
    this.#returning += (returning === undefined ? 0 : 1) - (known.returning === undefined ? 0 : 1);
    known.returning = returning;
  }
}

/** The bucket's content as a node looks things up in it. */
export class IdentityKnowledge {
  readonly #keys: Statements<BelievedKey>;
  readonly #users: Statements<KnownUser>;
  /** The value is when a revocation may be forgotten. */
  readonly #sessions: Statements<number>;
  #sweptAt = 0;
  /** When the stream of the bucket was made, as of the last reading. */
  #created: string | undefined;
  /** The keys of the reading under way. */
  #read = new Set<string>();

  /** `now` gives milliseconds of any clock that never goes back; tests pass their own. */
  constructor(now: () => number = () => performance.now()) {
    this.#keys = new Statements(now);
    this.#users = new Statements(now);
    this.#sessions = new Statements(now);
  }

  /**
   * Takes over one entry; entries may come again and in any order. Throws for a signing key that
   * can't be used.
   */
  async apply(change: BucketChange): Promise<void> {
    const [kind, id] = split(change.key);
    const revision = change.revision ?? null;
    if (kind === 'key') await this.#applyKey(id, change.value, revision);
    else if (kind === 'user') this.#applyUser(id, change.value, revision);
    else if (kind === 'session') this.#applySession(id, change.value, revision);
  }

  /** The whole bucket is read from now on. */
  beginReading(created: string): void {
    if (this.#created !== created) {
      for (const statements of [this.#keys, this.#users, this.#sessions]) statements.forgetRevisions();
    }
    this.#created = created;
    this.#read = new Set();
  }

  /**
   * The whole bucket was read. Keys that were taken out of it while nobody listened are no longer
   * believed; lost ones are.
   */
  endReading(last: number): void {
    for (const [kid, { value, revision }] of this.#keys.all()) {
      const isTakenOut = revision !== null && revision <= last && !this.#read.has(kid);
      if (value !== null && isTakenOut && !this.#keys.isLearned(kid)) this.#keys.delete(kid);
    }
  }

  /**
   * The public key with which tokens of this key id are verified; undefined where none is believed.
   */
  keyOf(kid: string): CryptoKey | undefined {
    return this.#keys.get(kid)?.value?.key;
  }

  /** All keys that are believed, as the bucket has them. */
  publicKeys(): JWK[] {
    return this.#keys.all().flatMap(([, { value }]) => value?.jwk ?? []);
  }

  /**
   * Whether what was true when the token was issued no longer is: session revoked, or user changed
   * or deactivated (AUTH-4).
   */
  isStale(claims: Pick<AccessClaims, 'sub' | 'sid' | 'ver'>): boolean {
    if (this.#sessions.get(claims.sid)?.rank === REVOKED) return true;
    const user = this.#users.get(claims.sub)?.value;
    return user !== undefined && user !== null && (!user.active || claims.ver < user.version);
  }

  async #applyKey(kid: string, value: string | undefined, revision: number | null): Promise<void> {
    if (revision !== null) this.#read.add(kid);
    if (value === undefined) return this.#removeKey(kid, revision);
    const parsed = parseJson(value);
    if (isRetired(parsed)) return this.#keys.add(kid, { value: null, rank: RETIRED, revision });
    const jwk = parsed as JWK;
    const key = await importJWK(jwk, ACCESS_TOKEN_ALGORITHM);
    if (key instanceof Uint8Array || key.type !== 'public') throw new Error(`Key ${kid} is no public key`);
    this.#keys.add(kid, { value: { key, jwk }, rank: BELIEVED, revision });
  }

  /** A retired key stays so, and the bucket takes away none that the owner's tables have. */
  #removeKey(kid: string, revision: number | null): void {
    if (revision !== null && this.#keys.isLearned(kid)) return;
    if (this.#keys.get(kid)?.value) this.#keys.delete(kid);
  }

  #applyUser(userId: string, value: string | undefined, revision: number | null): void {
    const user = value === undefined ? undefined : parseJson(value);
    if (!isKnownUser(user)) return;
    // Of one version, the one that is not active trusts less.
    this.#users.add(userId, { value: user, rank: 2 * user.version + (user.active ? 0 : 1), revision });
  }

  #applySession(sessionId: string, value: string | undefined, revision: number | null): void {
    if (value !== undefined) {
      this.#sessions.add(sessionId, { value: Date.now() + REMEMBER_MS, rank: REVOKED, revision });
    } else if (this.#sessions.get(sessionId) !== undefined) {
      this.#sessions.add(sessionId, { value: null, rank: OPEN, revision });
    }
    this.#sweep();
  }

  #sweep(): void {
    const now = Date.now();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [sessionId, { value }] of this.#sessions.all()) {
      if (value === null || value < now) this.#sessions.delete(sessionId);
    }
  }
}

function isKnownUser(value: unknown): value is KnownUser {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    Number.isSafeInteger(value.version) &&
    'active' in value &&
    typeof value.active === 'boolean'
  );
}

function isRetired(value: unknown): value is RetiredKey {
  return typeof value === 'object' && value !== null && 'retired' in value && value.retired === true;
}

/**
 * `user.<id>` → `user` and the id. The owner writes keys of no other form, and not all of those
 * could be removed.
 */
function split(key: string): [string, string] {
  const [, kind = '', id = ''] = /^([a-z]+)\.([\w-]{1,64})$/.exec(key) ?? [];
  return [kind, id];
}
