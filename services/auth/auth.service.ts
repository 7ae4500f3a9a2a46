/**
 * Owns: accounts, credentials, activation codes, sessions, refresh tokens, service accounts,
 * signing keys; the bucket `identity`, from which every node verifies tokens. Publishes:
 * auth.user.registered, .changed; auth.session.opened, .refused, .revoked;
 * auth.activation-code.issued; auth.oidc-grant.given; auth.service-account.created, .revoked;
 * auth.signing-key.rotated (AUTH); mailer.mail.requested (MAILER). Consumes: nothing. Never: stores
 * a usable beak or token, or answers other services whether a token is valid.
 */
import type { Context, Service } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import type { Readiness } from '#mixins/database/lifecycle.ts';
import { defineService } from '#mixins/define-service.ts';
import { BucketWriter } from '#mixins/identity/bucket-writer.ts';
import {
  IDENTITY_BUCKET,
  type RequestContext,
  USES_ACTION,
  type UsesOfServices,
} from '#mixins/identity/identity.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { REFRESHABLE_ACTION } from '#mixins/identity/owner-watch.ts';
import { actorOf, causeOf, requestOf } from '#mixins/identity/request.ts';
import { serve, serveProtocol } from '#mixins/identity/serve.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import type { ActionParams } from '#schemas/action.ts';
import activateAction from '#schemas/actions/auth/activate.ts';
import activationAction from '#schemas/actions/auth/activation.ts';
import authorizeAction from '#schemas/actions/auth/authorize.ts';
import changeAction from '#schemas/actions/auth/change.ts';
import changeMeAction from '#schemas/actions/auth/change-me.ts';
import changeMyBeakAction from '#schemas/actions/auth/change-my-beak.ts';
import createServiceAccountAction from '#schemas/actions/auth/create-service-account.ts';
import discoveryAction from '#schemas/actions/auth/discovery.ts';
import endSessionAction from '#schemas/actions/auth/end-session.ts';
import endSessionOfUserAction from '#schemas/actions/auth/end-session-of-user.ts';
import endSessionsAction from '#schemas/actions/auth/end-sessions.ts';
import endSessionsOfUserAction from '#schemas/actions/auth/end-sessions-of-user.ts';
import getAction from '#schemas/actions/auth/get.ts';
import listAction from '#schemas/actions/auth/list.ts';
import loginAction from '#schemas/actions/auth/login.ts';
import logoutAction from '#schemas/actions/auth/logout.ts';
import meAction from '#schemas/actions/auth/me.ts';
import namesAction from '#schemas/actions/auth/names.ts';
import postUserinfoAction from '#schemas/actions/auth/post-userinfo.ts';
import recoveryAction from '#schemas/actions/auth/recovery.ts';
import refreshAction from '#schemas/actions/auth/refresh.ts';
import registerAction from '#schemas/actions/auth/register.ts';
import revokeServiceAccountAction from '#schemas/actions/auth/revoke-service-account.ts';
import serviceAccountsAction from '#schemas/actions/auth/service-accounts.ts';
import sessionsAction from '#schemas/actions/auth/sessions.ts';
import sessionsOfUserAction from '#schemas/actions/auth/sessions-of-user.ts';
import submitSignInAction from '#schemas/actions/auth/submit-sign-in.ts';
import tokenAction from '#schemas/actions/auth/token.ts';
import userinfoAction from '#schemas/actions/auth/userinfo.ts';
import { mailRequested } from '#schemas/events/mailer/mail-requested.v1.ts';
import { activate } from './activation/activate.handler.ts';
import { issueActivation } from './activation/issue-code.handler.ts';
import { defineModels } from './auth.models.ts';
import { AuthWorker } from './auth.worker.ts';
import type { Auth } from './context.ts';
import { IdentityBucket } from './identity/identity-bucket.client.ts';
import { entrySource } from './identity/identity-entry.store.ts';
import { type KeyView, listKeys, refuseForeignKeys } from './keys/list-keys.query.ts';
import { type Rotation, rotateKeys } from './keys/rotate-keys.handler.ts';
import { makeAuth } from './make-auth.client.ts';
import { authorize } from './oidc/authorize.handler.ts';
import { discoveryOf, providerOf } from './oidc/provider.ts';
import { readUserinfo } from './oidc/read-userinfo.query.ts';
import { redeemCode } from './oidc/redeem-code.handler.ts';
import { requestRecovery } from './recovery/request-recovery.handler.ts';
import { readSealingKey, SEALING_KEY_ACTION } from './recovery/sealing-key.client.ts';
import { createServiceAccount } from './service-accounts/create-service-account.handler.ts';
import { listServiceAccounts } from './service-accounts/list-service-accounts.query.ts';
import { revokeServiceAccount } from './service-accounts/revoke-service-account.handler.ts';
import { noteUses } from './service-accounts/service-account.store.ts';
import { canRefresh } from './sessions/can-refresh.query.ts';
import { endSession, endSessions } from './sessions/end-sessions.handler.ts';
import { listSessions } from './sessions/list-sessions.query.ts';
import { refreshSession } from './sessions/refresh-session.handler.ts';
import { deviceOf } from './sessions/session.ts';
import { signIn } from './sessions/sign-in.handler.ts';
import { signOut } from './sessions/sign-out.handler.ts';
import { changeMyBeak } from './users/change-my-beak.handler.ts';
import { changeAccount } from './users/change-user.handler.ts';
import { listNames } from './users/list-names.query.ts';
import { readUser, usersPage, usersQuery } from './users/list-users.query.ts';
import { registerUser } from './users/register-user.handler.ts';
import { type Account, namedChanges } from './users/user.ts';

const askedIn = (ctx: RequestContext<ActionParams<typeof submitSignInAction>>) => ({
  params: ctx.params,
  headers: ctx.meta.headers ?? {},
  device: deviceOf(ctx.meta),
  cause: causeOf(ctx),
});

interface AuthService extends Service, DatabaseMethods {
  auth: Auth;
  bucket: IdentityBucket;
  writer: BucketWriter | undefined;
  worker: AuthWorker | undefined;
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
  rights: { buckets: [IDENTITY_BUCKET], calls: [SEALING_KEY_ACTION], requests: [mailRequested] },
  actions: {
    login: serve(loginAction, function (ctx) {
      return signIn(this.auth, ctx.params, deviceOf(ctx.meta), causeOf(ctx));
    }),
    refresh: serve(refreshAction, function (ctx) {
      return refreshSession(this.auth, ctx.params.refreshToken, deviceOf(ctx.meta), causeOf(ctx));
    }),
    logout: serve(logoutAction, async function (ctx) {
      await signOut(this.auth, ctx.params.refreshToken, causeOf(ctx));
      return null;
    }),
    me: serve(meAction, function (ctx) {
      return readUser(this.adapter, actorOf(ctx).userId);
    }),
    changeMe: serve(changeMeAction, function (ctx) {
      return changeAccount(this.auth, actorOf(ctx).userId, namedChanges(ctx.params), causeOf(ctx));
    }),
    changeMyBeak: serve(changeMyBeakAction, async function (ctx) {
      await changeMyBeak(this.auth, ctx.params, requestOf(ctx));
      return null;
    }),
    sessions: serve(sessionsAction, function (ctx) {
      const { userId, sessionId } = actorOf(ctx);
      return listSessions(this.database, userId, sessionId, ctx.params);
    }),
    endSession: serve(endSessionAction, async function (ctx) {
      await endSession(this.auth, actorOf(ctx).userId, ctx.params.id, causeOf(ctx));
      return null;
    }),
    endSessions: serve(endSessionsAction, async function (ctx) {
      const { userId, sessionId } = actorOf(ctx);
      await endSessions(this.auth, userId, sessionId, causeOf(ctx));
      return null;
    }),
    register: serve(registerAction, function (ctx) {
      return registerUser(this.auth, ctx.params, requestOf(ctx));
    }),
    change: serve(changeAction, function (ctx) {
      const { id, ...wanted } = ctx.params;
      return changeAccount(this.auth, id, namedChanges(wanted), causeOf(ctx));
    }),
    list: serve(listAction, async function (ctx) {
      const rows = await this._find<Account>(ctx, usersQuery(ctx.params));
      return usersPage(rows, ctx.params);
    }),
    get: serve(getAction, function (ctx) {
      return readUser(this.adapter, ctx.params.id);
    }),
    activation: serve(activationAction, function (ctx) {
      return issueActivation(this.auth, ctx.params.id, requestOf(ctx));
    }),
    recovery: serve(recoveryAction, async function (ctx) {
      await requestRecovery(this.auth, ctx.params.login, causeOf(ctx));
      return { status: 'accepted' as const };
    }),
    activate: serve(activateAction, async function (ctx) {
      await activate(this.auth, ctx.params, causeOf(ctx));
      return null;
    }),
    names: serve(namesAction, function (ctx) {
      return listNames(this.database, ctx.params);
    }),
    sessionsOfUser: serve(sessionsOfUserAction, async function (ctx) {
      await readUser(this.adapter, ctx.params.id);
      return listSessions(this.database, ctx.params.id, actorOf(ctx).sessionId, ctx.params);
    }),
    endSessionOfUser: serve(endSessionOfUserAction, async function (ctx) {
      await endSession(this.auth, ctx.params.id, ctx.params.sessionId, causeOf(ctx));
      return null;
    }),
    endSessionsOfUser: serve(endSessionsOfUserAction, async function (ctx) {
      await endSessions(this.auth, ctx.params.id, null, causeOf(ctx));
      return null;
    }),
    createServiceAccount: serve(createServiceAccountAction, function (ctx) {
      return createServiceAccount(this.auth, ctx.params, requestOf(ctx), new Date());
    }),
    serviceAccounts: serve(serviceAccountsAction, function (ctx) {
      return listServiceAccounts(this.database, ctx.params);
    }),
    revokeServiceAccount: serve(revokeServiceAccountAction, async function (ctx) {
      await revokeServiceAccount(this.auth, ctx.params.id, requestOf(ctx));
      return null;
    }),
    discovery: serve(discoveryAction, function () {
      return discoveryOf(providerOf(this.auth.config));
    }),
    authorize: serveProtocol(authorizeAction, function (ctx) {
      return authorize(this.auth, askedIn(ctx));
    }),
    submitSignIn: serveProtocol(submitSignInAction, function (ctx) {
      return authorize(this.auth, askedIn(ctx));
    }),
    token: serveProtocol(tokenAction, function (ctx) {
      return redeemCode(this.auth, ctx.params, ctx.meta.headers ?? {});
    }),
    userinfo: serveProtocol(userinfoAction, function (ctx) {
      return readUserinfo(this.auth, ctx.meta.token);
    }),
    postUserinfo: serveProtocol(postUserinfoAction, function (ctx) {
      return readUserinfo(this.auth, ctx.meta.token);
    }),
    [USES_ACTION]: {
      params: { $$strict: true, uses: { type: 'record', key: { type: 'uuid' }, value: { type: 'number' } } },
      async handler(ctx: Context<UsesOfServices>): Promise<void> {
        await this.database.inTransaction((tx) => noteUses(tx, ctx.params.uses));
      },
    },
    // Asked by nodes that see an expired token (AUTH-7).
    [REFRESHABLE_ACTION]: {
      visibility: 'public',
      params: { $$strict: true },
      handler() {
        return canRefresh(this.database);
      },
    },
    'operator.keys.list': operatorAction({
      async handler(): Promise<KeyView[]> {
        return listKeys(this.database, await this.bucket.readKeys());
      },
    }),
    'operator.keys.rotate': operatorAction({
      // With `revoke`, tokens that are already issued are refused at once.
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
      const adminExists = this.worker?.isPrepared === true;
      const ready = adminExists && this.writer?.settled === true;
      return {
        ready,
        adminExists,
        ...(ready ? {} : { reason: 'the signing key and the first admin are not ready yet' }),
      };
    },
  },
  async started() {
    const platform = platformOf(this.broker);
    const { config, bus } = platform;
    const { database, logger, loops } = this;
    const writer = new BucketWriter(bus, entrySource(database), logger);
    const bucket = new IdentityBucket(bus);
    const auth = await makeAuth(platform, database, writer, logger);
    this.auth = auth;
    this.bucket = bucket;
    this.writer = writer;
    this.worker = new AuthWorker({
      auth,
      sealingKey: () => readSealingKey(this.broker),
      config,
      bus,
      bucket,
      writer,
      loops,
      log: logger,
    });
    await this.worker.start();
  },
  async stopped() {
    await this.worker?.stop();
  },
});
