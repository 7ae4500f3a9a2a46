/** Beaks are kept as argon2id hashes only (AUTH-1). */
import { createHash, randomBytes } from 'node:crypto';
import * as library from '@node-rs/argon2';
import { opaqueForm } from '#schemas/characters.ts';
import { FairTurns, type Turn } from '../sessions/fair-turns.ts';

/** OWASP's smallest set for argon2id, which is the library's default: about 20 ms and 19 MiB each. */
export const ARGON2_OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** As many as the cores of a small machine: sign-ins must not starve what people who are signed in do. */
const MAX_RUNNING = 2;

/** Accounts are made by admins, who are trusted not to flood: all of it takes turns with the sign-ins as one account does. */
const ADMINS: Turn = { network: 'admins', account: '' };

/** What does the work; tests count it. */
export type Argon2 = Pick<typeof library, 'hash' | 'hashRaw' | 'verify'>;

export interface Verified<T> {
  readonly right: boolean;
  readonly found: T;
  /** To replace the hash that was found; null where it stays. */
  readonly renewed: string | null;
}

/** Hashes beaks and compares guesses with the hashes: a few at a time, in fair turns, and those who would wait too long are refused. */
export class BeakHasher {
  readonly #argon2: Argon2;
  readonly #turns = new FairTurns({ maxRunning: MAX_RUNNING });
  readonly #decoy: string;

  private constructor(argon2: Argon2, decoy: string) {
    this.#argon2 = argon2;
    this.#decoy = decoy;
  }

  /** Draws the decoy, whose parameters are those of every beak. */
  static async create(argon2: Argon2 = library): Promise<BeakHasher> {
    return new BeakHasher(argon2, await argon2.hash(randomBytes(32), ARGON2_OPTIONS));
  }

  /** The hash to keep of a beak, which is in its normal form (`opaqueForm`). Throws `service_unavailable` where too many wait, as all of these do. */
  async hash(beak: string): Promise<string> {
    return this.#turns.run(ADMINS, () => this.#argon2.hash(beak, ARGON2_OPTIONS));
  }

  /**
   * Whether a beak, as it was typed, is the one behind the hash of what was found; without a hash it does the same work over a decoy.
   * Throws what `FairTurns.run` throws.
   *
   * Beaks are compared in their normal form. Hashes from before that are of beaks as they were typed, so that form is tried second;
   * where it is right, `renewed` is the hash of the normal form, to be kept instead.
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
   * Stands for a beak in the fingerprint of a request: the same for the same beak and purpose, and as costly to guess from as the hash,
   * which a plain SHA-256 kept beside it would undo.
   */
  async digest(beak: string, purpose: string): Promise<string> {
    const salt = createHash('sha256').update(purpose).digest();
    return this.#turns.run(ADMINS, async () =>
      (await this.#argon2.hashRaw(beak, { ...ARGON2_OPTIONS, salt })).toString('base64'),
    );
  }
}
