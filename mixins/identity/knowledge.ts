/**
 * The content of the bucket in memory: keys, users, revoked sessions and service accounts. Anybody
 * who can write to the bucket could revert a change of its owner. So a change that reduces trust
 * takes effect at once. A change that restores trust takes effect only after a delay. Within the
 * delay, the owner compares the bucket with its tables and corrects it. Values that came from the
 * owner's tables are never reverted.
 */
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { parseJson } from '#schemas/text.ts';
import {
  ACCESS_TOKEN_ALGORITHM,
  type AccessClaims,
  type KnownUser,
  PUBLISHED_WITH,
  type RetiredKey,
  TOKEN_MEMORY_MS,
} from './access-token.ts';
import { isKnownService, isRevokedService, type KnownService } from './service-token.ts';

/** A change of one entry of the bucket. */
export interface BucketChange {
  readonly key: string;
  /** Undefined for a removed one. */
  readonly value: string | undefined;
  /** The bucket's revision. Undefined for values from the owner's tables. */
  readonly revision?: number;
}

/** Longer than the owner needs to correct the bucket, in milliseconds. */
export const RETURN_MS = 5_000;
/**
 * Shortest time between two sweeps of revocations, in milliseconds. A sweep drops those whose
 * sessions can have no valid token any more.
 */
const SWEEP_MS = 60_000;

interface BelievedKey {
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

/** A value for a key, a user, a session or a service account. */
interface Statement<Value> {
  /** Null: the key is retired, the session is not revoked, the service account is revoked. */
  readonly value: Value | null;
  /** A higher rank means less trust. */
  readonly rank: number;
  /** Null for values that came only from the owner's tables. */
  readonly revision: number | null;
}

/** The current value of one of them, and one that may follow. */
interface Known<Value> {
  holds: Statement<Value>;
  /** The highest rank that the owner's tables gave. */
  learned: number;
  /** A value with more trust, which becomes the current one at `at`. */
  returning: { readonly statement: Statement<Value>; readonly at: number } | undefined;
}

const BELIEVED = 1;
const RETIRED = 2;
const OPEN = 0;
const REVOKED = 1;

/** The values of the keys, the users, the sessions or the service accounts. */
class Statements<Value> {
  readonly #known = new Map<string, Known<Value>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The current value. */
  get(id: string): Statement<Value> | undefined {
    const known = this.#known.get(id);
    return known && this.#settle(known);
  }

  /** All current values. */
  all(): [string, Statement<Value>][] {
    return [...this.#known].map(([id, known]) => [id, this.#settle(known)]);
  }

  /** Whether the owner's tables gave a value for it. */
  isLearned(id: string): boolean {
    return (this.#known.get(id)?.learned ?? Number.NEGATIVE_INFINITY) > Number.NEGATIVE_INFINITY;
  }

  /** The bucket was replaced, so the old revisions can't be compared with the new ones. */
  forgetRevisions(): void {
    for (const known of this.#known.values()) known.holds = { ...known.holds, revision: null };
  }

  delete(id: string): void {
    this.#known.delete(id);
  }

  /** Values may come again and in any order. */
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
      known.returning = undefined;
    } else if (!isLearned && revision !== null && (statement.revision ?? 0) > revision) {
      // An older revision is ignored: a bucket that lost its tail delivers old values again.
      known.returning = { statement, at: this.#now() + RETURN_MS };
    }
  }

  #settle(known: Known<Value>): Statement<Value> {
    if (known.returning !== undefined && known.returning.at <= this.#now()) {
      known.holds = known.returning.statement;
      known.returning = undefined;
    }
    return known.holds;
  }
}

/** The bucket's content, with the look-ups of a node. */
export class IdentityKnowledge {
  readonly #keys: Statements<BelievedKey>;
  readonly #users: Statements<KnownUser>;
  /** The value is the time at which a revocation may be forgotten. */
  readonly #sessions: Statements<number>;
  readonly #services: Statements<KnownService>;
  #sweptAt = 0;
  /** When the bucket's stream was made, at the last reading. */
  #created: string | undefined;
  /** The keys and service accounts of the current reading, by their ids. */
  #read = new Set<string>();

  /** `now` gives milliseconds of any monotonic clock. Tests pass their own. */
  constructor(now: () => number = () => performance.now()) {
    this.#keys = new Statements(now);
    this.#users = new Statements(now);
    this.#sessions = new Statements(now);
    this.#services = new Statements(now);
  }

  /**
   * Applies one entry. Entries may come again and in any order. Throws for a signing key that can't
   * be used.
   */
  async apply(change: BucketChange): Promise<void> {
    const [kind, id] = split(change.key);
    const revision = change.revision ?? null;
    if (kind === 'key') await this.#applyKey(id, change.value, revision);
    else if (kind === 'user') this.#applyUser(id, change.value, revision);
    else if (kind === 'session') this.#applySession(id, change.value, revision);
    else if (kind === 'service') this.#applyService(id, change.value, revision);
  }

  /** A reading of the whole bucket begins. */
  beginReading(created: string): void {
    if (this.#created !== created) {
      const all = [this.#keys, this.#users, this.#sessions, this.#services];
      for (const statements of all) statements.forgetRevisions();
    }
    this.#created = created;
    this.#read = new Set();
  }

  /**
   * The whole bucket was read. Keys and service accounts that were removed meanwhile are no longer
   * trusted. Those that the bucket lost still are.
   */
  endReading(last: number): void {
    this.#dropUnread(this.#keys, last);
    this.#dropUnread(this.#services, last);
  }

  #dropUnread<Value>(statements: Statements<Value>, last: number): void {
    for (const [id, { value, revision }] of statements.all()) {
      const isTakenOut = revision !== null && revision <= last && !this.#read.has(id);
      if (value !== null && isTakenOut && !statements.isLearned(id)) statements.delete(id);
    }
  }

  /** The public key that verifies tokens of this key id. Undefined where no such key is trusted. */
  keyOf(kid: string): CryptoKey | undefined {
    return this.#keys.get(kid)?.value?.key;
  }

  /** All trusted keys, and those that are published with them. */
  publicKeys(): JWK[] {
    return this.#keys.all().flatMap(([, { value }]) => {
      if (value === null) return [];
      const { [PUBLISHED_WITH]: other, ...jwk } = value.jwk as JWK & { [PUBLISHED_WITH]?: JWK | null };
      return typeof other === 'object' && other !== null ? [jwk, other] : [jwk];
    });
  }

  /** The service account with this id. Undefined where there is none, or where it was revoked. */
  serviceOf(id: string): KnownService | undefined {
    return this.#services.get(id)?.value ?? undefined;
  }

  /**
   * Whether a token was revoked since it was issued: its session was revoked, or its user was
   * changed or deactivated (AUTH-4).
   */
  isStale(claims: Pick<AccessClaims, 'sub' | 'sid' | 'ver'>): boolean {
    if (this.#sessions.get(claims.sid)?.rank === REVOKED) return true;
    const user = this.#users.get(claims.sub)?.value;
    return user !== undefined && user !== null && (!user.active || claims.ver < user.version);
  }

  async #applyKey(kid: string, value: string | undefined, revision: number | null): Promise<void> {
    if (revision !== null) this.#read.add(kid);
    if (value === undefined) return this.#remove(this.#keys, kid, revision);
    const parsed = parseJson(value);
    if (isRetired(parsed)) return this.#keys.add(kid, { value: null, rank: RETIRED, revision });
    const jwk = parsed as JWK;
    const key = await importJWK(jwk, ACCESS_TOKEN_ALGORITHM);
    if (key instanceof Uint8Array || key.type !== 'public') throw new Error(`Key ${kid} is no public key`);
    this.#keys.add(kid, { value: { key, jwk }, rank: BELIEVED, revision });
  }

  /**
   * A retired key stays retired, a revoked service account revoked. The bucket cannot remove what
   * the owner's tables have.
   */
  #remove<Value>(statements: Statements<Value>, id: string, revision: number | null): void {
    if (revision !== null && statements.isLearned(id)) return;
    if (statements.get(id)?.value) statements.delete(id);
  }

  #applyUser(userId: string, value: string | undefined, revision: number | null): void {
    const user = value === undefined ? undefined : parseJson(value);
    if (!isKnownUser(user)) return;
    // Within one version, the inactive user has less trust.
    this.#users.add(userId, { value: user, rank: 2 * user.version + (user.active ? 0 : 1), revision });
  }

  #applySession(sessionId: string, value: string | undefined, revision: number | null): void {
    if (value !== undefined) {
      // Counted from its arrival: the broker's clock may differ from the one by which tokens expire.
      this.#sessions.add(sessionId, { value: Date.now() + TOKEN_MEMORY_MS, rank: REVOKED, revision });
    } else if (this.#sessions.get(sessionId) !== undefined) {
      this.#sessions.add(sessionId, { value: null, rank: OPEN, revision });
    }
    this.#sweep();
  }

  #applyService(id: string, text: string | undefined, revision: number | null): void {
    if (revision !== null) this.#read.add(id);
    const value = text === undefined ? undefined : parseJson(text);
    if (text === undefined) this.#remove(this.#services, id, revision);
    else if (isRevokedService(value)) this.#services.add(id, { value: null, rank: RETIRED, revision });
    else if (isKnownService(value)) this.#services.add(id, { value, rank: BELIEVED, revision });
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
  const { version, active } = (value ?? {}) as Partial<KnownUser>;
  return Number.isSafeInteger(version) && typeof active === 'boolean';
}

function isRetired(value: unknown): value is RetiredKey {
  return (value as Partial<RetiredKey> | null | undefined)?.retired === true;
}

/**
 * `user.<id>` → `user` and the id. The owner only writes keys of this form. Some keys of other
 * forms could not be removed.
 */
function split(key: string): [string, string] {
  const [, kind = '', id = ''] = /^([a-z]+)\.([\w-]{1,64})$/.exec(key) ?? [];
  return [kind, id];
}
