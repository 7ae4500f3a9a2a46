/**
 * Prepares a signing key and the first admin, then runs the loops of a node of auth. They keep a
 * key that this node can sign with, write and guard the bucket `identity`, and delete old rows.
 */
import type { JWK } from 'jose';
import type { Bus } from '#mixins/bus/bus.ts';
import { isRetryable } from '#mixins/database/errors.ts';
import type { BucketWriter } from '#mixins/identity/bucket-writer.ts';
import { serviceCause } from '#mixins/identity/request.ts';
import { Loop, type LoopOptions } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { Outage } from '#mixins/outage.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { Config } from '../../config.ts';
import { CLEAN_UPS } from './clean-up.handler.ts';
import type { Auth } from './context.ts';
import type { IdentityBucket } from './identity/identity-bucket.client.ts';
import { entryOfKey } from './identity/identity-entries.ts';
import { IdentityGuard } from './identity/identity-guard.client.ts';
import { type EnsuredKey, ensureSigningKey, takeUpSigningKey } from './keys/ensure-signing-key.handler.ts';
import { earlierVaults } from './keys/key-secret.client.ts';
import { resealKeys } from './keys/reseal-keys.handler.ts';
import { readKeys } from './keys/signing-key.store.ts';
import { believedKeysAt, KEY_AGE_MS, NOTED_EVERY_MS, signingKeyAt } from './keys/signing-keys.ts';
import { turnKeysOnce } from './keys/turn-keys.handler.ts';
import { mailCodesOnce } from './recovery/mail-code.handler.ts';
import { recoveriesWait } from './recovery/signals.ts';
import { ensureFirstAdmin } from './users/ensure-first-admin.handler.ts';

/** How often old refusals, sessions and tokens are deleted, in milliseconds. */
const CLEAN_UP_MS = 30_000;
/** How often a node continues a rotation of keys, in milliseconds. It is never urgent. */
const TURN_KEYS_MS = 5_000;
/**
 * Pause between attempts to prepare the key and the admin while the primary is unavailable, in
 * milliseconds.
 */
const PREPARE_MS = 1_000;

export interface AuthWorkerOptions {
  readonly auth: Auth;
  /** The public key of the service that sends mails. Throws while that service is away. */
  readonly sealingKey: () => Promise<JWK>;
  readonly config: Config;
  readonly bus: Bus;
  readonly bucket: IdentityBucket;
  readonly writer: BucketWriter;
  readonly loops: Loops;
  readonly log: Readonly<Record<'info' | 'warn' | 'error' | 'fatal', (...args: unknown[]) => void>>;
}

export class AuthWorker {
  readonly #options: AuthWorkerOptions;
  /** Stopped in this order. */
  readonly #running: { stop(): Promise<void> }[] = [];
  #prepared = false;

  constructor(options: AuthWorkerOptions) {
    this.#options = options;
  }

  /** Whether there are a signing key and an admin. */
  get isPrepared(): boolean {
    return this.#prepared;
  }

  async start(): Promise<void> {
    const { auth, sealingKey, config, bus, bucket, writer, loops, log } = this.#options;
    loops.add(writer.loop);
    this.#running.push(writer);
    if (config.keySecret === null) {
      log.warn(
        'KEY_SECRET is not set: the secret of the signing keys is kept in the same database, and in its backups',
      );
    }
    await this.#prepare().catch((error: unknown) => {
      // Without the primary, accounts can be read from the replica.
      if (!isRetryable(error)) throw error;
      const outage = new Outage("The signing key and the first admin can't be prepared", log);
      outage.failed(error);
      const prepare = async () => (this.#prepared ? 0 : this.#prepare().then(() => 0));
      this.#repeat('prepare', prepare, { pollMs: PREPARE_MS, outage });
    });
    for (const [name, cleanUp] of Object.entries(CLEAN_UPS))
      this.#repeat(`clean-${name}`, () => cleanUp(auth.database), { pollMs: CLEAN_UP_MS });
    this.#repeat('recoveries', () => mailCodesOnce(auth, sealingKey), {
      outage: new Outage("Recovery codes can't be mailed", log),
      wokenBy: [recoveriesWait.of(auth.database)],
    });
    this.#repeat('turn-keys', () => turnKeysOnce(auth), { pollMs: TURN_KEYS_MS });
    const signing = new Outage("This node can't sign tokens", log);
    this.#repeat('hold-key', () => this.#ensureKeyOnce(), { pollMs: NOTED_EVERY_MS, outage: signing });
    // After the key was made: tokens can be verified as soon as auth is ready.
    writer.start();
    const guard = new IdentityGuard(auth, bus, bucket, log, this.#cause());
    loops.add(guard.loop);
    this.#running.push(guard);
    guard.start();
  }

  async stop(): Promise<void> {
    for (const each of this.#running) await each.stop();
  }

  /**
   * Prepares the signing key and the first admin. Any number of nodes may do this at the same time.
   */
  async #prepare(): Promise<void> {
    const { auth, log } = this.#options;
    await this.#ensureKey();
    const admin = await ensureFirstAdmin(auth, this.#cause());
    if (admin !== null) log.info(`Made the first admin, ${admin.login}`);
    // Logged at every level: without this line nobody could sign in.
    if (admin?.drawnBeak) log.fatal(`The beak of ${admin.login}, told only once: ${admin.drawnBeak}`);
    this.#prepared = true;
  }

  /**
   * These loops isolate no items: each pass is one step, or one statement that deletes rows by
   * their age, or handles each item by itself.
   */
  #repeat(name: string, pass: () => Promise<number>, options: Omit<LoopOptions, 'name' | 'runOnce'>): void {
    const outage = new Outage(`The loop ${name} fails`, this.#options.log);
    const loop = new Loop({ outage, ...options, name, runOnce: async () => (await pass()) > 0 });
    this.#running.push(this.#options.loops.add(loop));
    loop.start();
  }

  /** Makes sure that this node can sign and accepts all valid keys. */
  async #ensureKey(): Promise<void> {
    const { auth, config, log } = this.#options;
    const resealed = await resealKeys(auth, await earlierVaults(config));
    if (resealed > 0) log.info(`Sealed ${resealed} signing keys again, with KEY_SECRET`);
    this.#logTakeover(await takeUpSigningKey(auth, this.#cause()));
    const { keys, now } = await auth.database.inTransaction(readKeys);
    auth.announce(believedKeysAt(keys, now).map(entryOfKey));
    const since = signingKeyAt(keys, now)?.signsFrom;
    if (since && now.getTime() - since.getTime() > KEY_AGE_MS) {
      log.warn(
        `The signing key has been in use since ${since.toISOString()}: rotate it (npm run auth -- rotate-keys)`,
      );
    }
  }

  /** Makes a key when no node can sign with the current one. */
  async #ensureKeyOnce(): Promise<number> {
    // Before `#prepare`, keys may be sealed with an earlier secret.
    if (this.#prepared) this.#logTakeover(await ensureSigningKey(this.#options.auth, this.#cause()));
    return 0;
  }

  #logTakeover(made: EnsuredKey | null): void {
    if (made === null || made.reason === 'none') return;
    this.#options.log.warn(`Key ${made.kid} takes over: the previous signing key was ${made.reason}`);
  }

  #cause(): Cause {
    return serviceCause(this.#options.auth.database.service);
  }
}
