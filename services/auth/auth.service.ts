/**
 * Owns: accounts, credentials, sessions, refresh tokens, signing keys; the bucket `identity`, from which every node verifies tokens.
 * Publishes: auth.user.registered, .changed; auth.session.opened, .refused, .revoked; auth.signing-key.rotated (AUTH).
 * Consumes: nothing.
 * Never: keeps a beak or a token that could be used, or is asked by another service whether a token holds.
 */
import type { Service } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '../../mixins/database/database.mixin.ts';
import { isRetryable } from '../../mixins/database/errors.ts';
import type { Readiness } from '../../mixins/database/lifecycle.ts';
import { defineService } from '../../mixins/define-service.ts';
import { BucketWriter } from '../../mixins/identity/bucket-writer.ts';
import { type ContextOf, IDENTITY_BUCKET } from '../../mixins/identity/identity.ts';
import { causeBy, OPERATOR, operatorAction } from '../../mixins/identity/operator.ts';
import { actorOf, causeOf, requestOf, serviceCause } from '../../mixins/identity/request.ts';
import { Loop } from '../../mixins/loops/loop.ts';
import { Outage } from '../../mixins/outage.ts';
import { outboxMixin } from '../../mixins/outbox/outbox.mixin.ts';
import { platformOf } from '../../mixins/platform.ts';
import { KeyedTurns } from '../../mixins/turns.ts';
import changeAction from '../../schemas/actions/auth/change.ts';
import getAction from '../../schemas/actions/auth/get.ts';
import jwksAction from '../../schemas/actions/auth/jwks.ts';
import listAction from '../../schemas/actions/auth/list.ts';
import loginAction from '../../schemas/actions/auth/login.ts';
import logoutAction from '../../schemas/actions/auth/logout.ts';
import meAction from '../../schemas/actions/auth/me.ts';
import refreshAction from '../../schemas/actions/auth/refresh.ts';
import registerAction from '../../schemas/actions/auth/register.ts';
import { defineModels } from './auth.models.ts';
import { BeakHasher } from './beak-hasher.client.ts';
import { changeAccount } from './change-user.handler.ts';
import { CLEAN_UPS } from './clean-up.handler.ts';
import type { Auth } from './context.ts';
import { ensureFirstAdmin } from './ensure-first-admin.handler.ts';
import { type EnsuredKey, ensureSigningKey, takeUpSigningKey } from './ensure-signing-key.handler.ts';
import { IdentityBucket } from './identity-bucket.client.ts';
import { entryOfKey } from './identity-entries.ts';
import { entrySource } from './identity-entry.store.ts';
import { IdentityGuard } from './identity-guard.client.ts';
import { earlierVaults, keySecretOf } from './key-secret.client.ts';
import { KeyVault } from './key-vault.client.ts';
import { type KeyView, listKeys, refuseForeignKeys } from './list-keys.handler.ts';
import { readUser, usersPage, usersQuery } from './list-users.handler.ts';
import { loginSecretOf } from './login-secret.store.ts';
import { refreshSession } from './refresh-session.handler.ts';
import { registerUser } from './register-user.handler.ts';
import { resealKeys } from './reseal-keys.handler.ts';
import { type Rotation, rotateKeys } from './rotate-keys.handler.ts';
import { signIn } from './sign-in.handler.ts';
import { SignInTurns } from './sign-in-turns.ts';
import { signOut } from './sign-out.handler.ts';
import { readKeys } from './signing-key.store.ts';
import { believedKeysAt, KEY_AGE_MS, NOTED_EVERY_MS, signingKeyAt } from './signing-keys.ts';
import { turnKeysOnce } from './turn-keys.handler.ts';
import { namedChanges, type UserView } from './user.ts';

/** How often refusals, sessions and tokens that nobody looks at any more are deleted, in milliseconds. */
const CLEAN_UP_MS = 30_000;
/** How often a node looks whether a rotation of keys can go on, in milliseconds: a look at a row or two, and never urgent. */
const TURN_KEYS_MS = 1_000;
/** Pause before the next attempt to make key and admin while the primary is away, in milliseconds. */
const PREPARE_MS = 1_000;

interface AuthService extends Service, DatabaseMethods {
  auth: Auth;
  writer: BucketWriter | undefined;
  bucket: IdentityBucket;
  prepared: boolean;
  running: { stop(): Promise<void> }[];
  prepare(): Promise<void>;
  ensureKey(): Promise<void>;
  holdKeyOnce(): Promise<number>;
  tellOf(made: EnsuredKey | null): void;
  repeat(name: string, pass: () => Promise<number>, pollMs: number, outage?: Outage): void;
}

export default defineService<AuthService>({
  name: 'auth',
  mixins: [
    databaseMixin({
      models: defineModels,
      main: 'user',
      migrations: new URL('./migrations/', import.meta.url),
    }),
    outboxMixin(),
  ],
  rights: { buckets: [IDENTITY_BUCKET] },
  actions: {
    login: {
      ...loginAction,
      handler(ctx: ContextOf<typeof loginAction>) {
        return signIn(this.auth, ctx.params, causeOf(ctx));
      },
    },
    refresh: {
      ...refreshAction,
      handler(ctx: ContextOf<typeof refreshAction>) {
        return refreshSession(this.auth, ctx.params.refreshToken, causeOf(ctx));
      },
    },
    logout: {
      ...logoutAction,
      handler(ctx: ContextOf<typeof logoutAction>) {
        return signOut(this.auth, ctx.params.refreshToken, causeOf(ctx));
      },
    },
    me: {
      ...meAction,
      handler(ctx: ContextOf<typeof meAction>) {
        return readUser(this.adapter, actorOf(ctx).userId);
      },
    },
    jwks: {
      ...jwksAction,
      handler() {
        // From memory: anyone may ask, as often as they like, and is told what our own nodes go by.
        return { keys: platformOf(this.broker).identity.publicKeys() };
      },
    },
    register: {
      ...registerAction,
      async handler(ctx: ContextOf<typeof registerAction>) {
        const user = await registerUser(this.auth, ctx.params, requestOf(ctx));
        ctx.meta.$location = `/users/${user.id}`;
        return user;
      },
    },
    change: {
      ...changeAction,
      handler(ctx: ContextOf<typeof changeAction>) {
        const { id, ...wanted } = ctx.params;
        return changeAccount(this.auth, id, namedChanges(wanted), causeOf(ctx));
      },
    },
    list: {
      ...listAction,
      async handler(ctx: ContextOf<typeof listAction>) {
        const rows = await this._find<UserView>(ctx, usersQuery(ctx.params));
        return usersPage(rows, ctx.params);
      },
    },
    get: {
      ...getAction,
      handler(ctx: ContextOf<typeof getAction>) {
        return readUser(this.adapter, ctx.params.id);
      },
    },
    'operator.keys.list': operatorAction({
      async handler(): Promise<KeyView[]> {
        return listKeys(this.database, await this.bucket.readKeys());
      },
    }),
    'operator.keys.rotate': operatorAction({
      // `revoke`: tokens already issued are refused at once.
      params: { revoke: { type: 'boolean' }, by: OPERATOR },
      async handler(ctx): Promise<Rotation> {
        if (!ctx.params.revoke) return rotateKeys(this.auth, 'overlap', causeBy(ctx));
        await refuseForeignKeys(this.database, (await this.bucket.readKeys()) ?? []);
        return rotateKeys(this.auth, 'revoke', causeBy(ctx));
      },
    }),
  },
  methods: {
    readiness(): Readiness & { readonly adminExists: boolean } {
      const ready = this.prepared && this.writer?.settled === true;
      return {
        ready,
        adminExists: this.prepared,
        ...(ready ? {} : { reason: 'key and admin are being made' }),
      };
    },
    /** Key and admin are there once; any number of nodes may do this side by side. */
    async prepare(): Promise<void> {
      await this.ensureKey();
      const admin = await ensureFirstAdmin(this.auth, serviceCause(this.name));
      if (admin !== null) this.logger.info(`Made the first admin, ${admin.login}`);
      // At every log level: nobody could ever sign in without it.
      if (admin?.drawnBeak)
        this.logger.fatal(`The beak of ${admin.login}, told only once: ${admin.drawnBeak}`);
      this.prepared = true;
    },
    /** Until the service stops. These loops have no items: each pass is one step, or one statement over rows by their age. */
    repeat(name: string, pass: () => Promise<number>, pollMs: number, given?: Outage): void {
      const outage = given ?? new Outage(`The loop ${name} fails`, this.logger);
      const loop = new Loop({ name, runOnce: async () => (await pass()) > 0, outage, pollMs });
      this.running.push(this.loops.add(loop));
      loop.start();
    },
    /** There is a key that this node can sign with, and this node believes all that are believed. */
    async ensureKey(): Promise<void> {
      const { config } = platformOf(this.broker);
      const resealed = await resealKeys(this.auth, await earlierVaults(config));
      if (resealed > 0) this.logger.info(`Sealed ${resealed} signing keys again, with KEY_SECRET`);
      this.tellOf(await takeUpSigningKey(this.auth, serviceCause(this.name)));
      const { keys, now } = await this.database.inTransaction(readKeys);
      this.auth.announce(believedKeysAt(keys, now).map(entryOfKey));
      const since = signingKeyAt(keys, now)?.signsFrom;
      if (since && now.getTime() - since.getTime() > KEY_AGE_MS) {
        this.logger.warn(
          `One key has signed since ${since.toISOString()}: rotate it (npm run auth -- rotate-keys)`,
        );
      }
    },
    /** One pass: this node can still sign, or makes a key where nobody can. */
    async holdKeyOnce(): Promise<number> {
      // Before that, keys may be sealed with an earlier secret.
      if (this.prepared) this.tellOf(await ensureSigningKey(this.auth, serviceCause(this.name)));
      return 0;
    },
    tellOf(made: EnsuredKey | null): void {
      if (made === null || made.reason === 'none') return;
      this.logger.warn(`Key ${made.kid} takes over: the one that signed was ${made.reason}`);
    },
  },
  async started() {
    const { config, bus, identity } = platformOf(this.broker);
    const { database, logger } = this;
    const writer = new BucketWriter(bus, entrySource(database), logger);
    this.prepared = false;
    this.writer = writer;
    this.bucket = new IdentityBucket(bus);
    this.auth = {
      config,
      database,
      hasher: await BeakHasher.create(),
      signIns: new SignInTurns(),
      judgements: new KeyedTurns(1),
      loginSecret: loginSecretOf(database),
      vault: new KeyVault(() => keySecretOf(config)),
      announce(entries) {
        for (const { key, value } of entries) {
          identity.learn(key, value).catch((error: unknown) => logger.error(`${key} is malformed`, error));
        }
        writer.wake();
      },
    };
    this.loops.add(writer.loop);
    this.running = [writer];
    if (config.keySecret === null) {
      logger.warn(
        'KEY_SECRET is not set: the secret of the signing keys is kept in the same database, and in its backups',
      );
    }
    await this.prepare().catch((error: unknown) => {
      // With only a replica there, accounts can be read; the rest comes with the primary.
      if (!isRetryable(error)) throw error;
      const outage = new Outage("Key and admin can't be looked after", logger);
      outage.failed(error);
      const prepare = async () => (this.prepared ? 0 : this.prepare().then(() => 0));
      this.repeat('prepare', prepare, PREPARE_MS, outage);
    });
    for (const [name, cleanUp] of Object.entries(CLEAN_UPS))
      this.repeat(`clean-${name}`, () => cleanUp(database), CLEAN_UP_MS);
    this.repeat('turn-keys', () => turnKeysOnce(this.auth), TURN_KEYS_MS);
    const signing = new Outage("This node can't sign tokens", logger);
    this.repeat('hold-key', () => this.holdKeyOnce(), NOTED_EVERY_MS, signing);
    // After the key was made: whoever hears that auth is ready can have its tokens verified.
    writer.start();
    const guard = new IdentityGuard(this.auth, bus, this.bucket, logger, serviceCause(this.name));
    this.loops.add(guard.loop);
    this.running.push(guard);
    guard.start();
  },
  async stopped() {
    for (const loop of this.running ?? []) await loop.stop();
  },
});
