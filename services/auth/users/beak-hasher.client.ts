/** Hashes beaks with argon2id; only the hashes are stored (AUTH-1). */
import { createHash, randomBytes } from 'node:crypto';
import * as library from '@node-rs/argon2';
import { opaqueForm } from '#schemas/characters.ts';
import { FairTurns, type Turn } from '../sessions/fair-turns.ts';

/**
 * OWASP's smallest parameters for argon2id, which are the library's defaults: about 20 ms and 19
 * MiB each.
 */
export const ARGON2_OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/**
 * One for each core of a small machine: sign-ins must not starve requests of users who are signed
 * in.
 */
const MAX_RUNNING = 2;

/**
 * Admins register accounts and are trusted not to flood. All their hashes share the turns of one
 * account.
 */
const ADMINS: Turn = { network: 'admins', account: '' };

/** The functions of the argon2 library in use; tests replace them to count calls. */
export type Argon2 = Pick<typeof library, 'hash' | 'hashRaw' | 'verify'>;

export interface Verified<T> {
  readonly right: boolean;
  readonly found: T;
  /** The new hash, to replace the one that was found; null when that one stays. */
  readonly renewed: string | null;
}

/**
 * Hashes beaks and compares guesses with the hashes. A few run at a time, in fair turns. Work that
 * would wait too long is refused.
 */
export class BeakHasher {
  readonly #argon2: Argon2;
  readonly #turns = new FairTurns({ maxRunning: MAX_RUNNING });
  readonly #decoy: string;

  private constructor(argon2: Argon2, decoy: string) {
    this.#argon2 = argon2;
    this.#decoy = decoy;
  }

  /** Makes the decoy hash, with the same parameters as every beak's hash. */
  static async create(argon2: Argon2 = library): Promise<BeakHasher> {
    return new BeakHasher(argon2, await argon2.hash(randomBytes(32), ARGON2_OPTIONS));
  }

  /**
   * The hash of a beak in its normal form (`opaqueForm`), to be stored. Throws
   * `service_unavailable` when too many wait.
   */
  async hash(beak: string): Promise<string> {
    return this.#turns.run(ADMINS, () => this.#argon2.hash(beak, ARGON2_OPTIONS));
  }

  /**
   * Whether a beak, as it was typed, matches the hash in `known`. Without a hash it does the same
   * work over a decoy. Throws what `FairTurns.run` throws.
   *
   * Beaks are compared in their normal form. Old hashes are of beaks as they were typed, so this
   * form is tried second. If it matches, `renewed` is the hash of the normal form, to be stored
   * instead.
   */
  async verify<T extends { readonly beakHash: string } | undefined>(
    typed: string,
    turn: Turn,
    found: T,
  ): Promise<Verified<T>> {
    const normal = opaqueForm(typed);
    return this.#turns.run(turn, async () => {
      const hash = found?.beakHash ?? this.#decoy;
      const matches = await this.#argon2.verify(hash, normal);
      const asTyped = !matches && typed !== normal && (await this.#argon2.verify(hash, typed));
      const renewed = asTyped && found !== undefined ? await this.#argon2.hash(normal, ARGON2_OPTIONS) : null;
      return { right: (matches || asTyped) && found !== undefined, found, renewed };
    });
  }

  /**
   * Replaces a beak in the fingerprint of a request. It is the same for the same beak and purpose,
   * and as costly to guess from as the hash. A plain SHA-256 beside the hash would make guessing
   * cheap.
   */
  async digest(beak: string, purpose: string): Promise<string> {
    const salt = createHash('sha256').update(purpose).digest();
    return this.#turns.run(ADMINS, async () =>
      (await this.#argon2.hashRaw(beak, { ...ARGON2_OPTIONS, salt })).toString('base64'),
    );
  }
}
