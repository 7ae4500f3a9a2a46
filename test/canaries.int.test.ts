/** AUD-1: secrets appear nowhere after right and wrong uses of them. */
import { createHash, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashRaw } from '@node-rs/argon2';
import { compactDecrypt } from 'jose';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { databaseName } from '#mixins/names.ts';
import { fingerprintOfParams } from '#schemas/canonical.ts';
import type { Config } from '../config.ts';
import { ARGON2_OPTIONS } from '../services/auth/users/beak-hasher.client.ts';
import { canary, hitsIn, hitsInDatabases, hitsInStreams, needlesOf } from './canaries.fixture.ts';
import { Collector } from './harness/collector.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { testServers } from './harness/servers.ts';
import { type System, serviceNames, startSystem } from './harness/system.ts';
import { until } from './harness/wait.ts';
import { Stranger } from './stranger.fixture.ts';

/** A text that is not secret and is in each searched place. It shows that the search works. */
const VISIBLE = canary('Visible');
const BEAKS = {
  admin: canary('Admin'),
  pip: canary('Pip'),
  pipNext: canary('PipNext'),
  mia: canary('Mia'),
  wrong: canary('Wrong'),
  taken: canary('Taken'),
  malformed: canary('Malformed'),
  asLogin: canary('AsLogin'),
  asSlug: canary('AsSlug').toLowerCase(),
  long: canary('Long').repeat(8),
  control: `${canary('Control')}\u0007`,
  nested: canary('Nested'),
  broken: canary('Broken'),
  waiting: canary('Waiting'),
  lastAdmin: canary('LastAdmin'),
  stranger: canary('Stranger'),
  get: canary('Get'),
  kiwi: canary('Kiwi'),
};
const OTHERS = {
  bearer: canary('Bearer'),
  basic: canary('Basic'),
  cookie: canary('Cookie'),
  refresh: canary('Refresh'),
  queryToken: canary('QueryToken'),
  smtpPassword: canary('Smtp'),
  keySecret: canary('KeySecret'),
  otlpKey: canary('OtlpKey'),
  clientSecret: canary('ClientSecret').repeat(2),
  wrongClientSecret: canary('WrongClientSecret').repeat(2),
  verifier: canary('Verifier').repeat(2),
  wrongCode: canary('WrongCode'),
  serviceToken: canary('ServiceToken'),
};
const CLIENT = {
  client_id: 'wiki',
  client_secret: OTHERS.clientSecret,
  redirect_uris: ['https://wiki.test/back'],
};
/** A code that is mailed to somebody who forgot a beak. */
const CODE = /\b\w{5}(?:-\w{5}){3}\b/;
const KEY = canary('IdempotencyKey');

let config: Config;
let system: System;
let smtp: SMTPServer;
let collector: Collector;
const mails: string[] = [];
/** All answers, without the tokens in answers to sign-ins. */
const answers: { readonly request: string; readonly text: string }[] = [];
/** Secrets of services: those that sign tokens and draw prices. */
const kept: Record<string, string> = {};
/** Issued tokens. */
const tokens: Record<string, string> = {};
const registered: object[] = [];

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly items?: readonly Record<string, unknown>[] };
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${system.api}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text === '' || !text.startsWith('{') ? {} : (JSON.parse(text) as Record<string, unknown>);
  const { accessToken, refreshToken, activationCode, token, access_token, id_token, ...rest } = json;
  const issued = { access: accessToken, refresh: refreshToken, code: activationCode, service: token };
  for (const [what, value] of Object.entries({ ...issued, granted: access_token, id: id_token })) {
    if (typeof value === 'string') tokens[`${what}${Object.keys(tokens).length}`] = value;
  }
  const shown = text.startsWith('{') ? JSON.stringify(rest) : text;
  answers.push({ request: `${method} ${path}`, text: `${shown} ${[...response.headers].flat().join(' ')}` });
  return { status: response.status, body: json };
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const signIn = (login: string, beak: unknown) => ask('POST', '/auth/login', { login, beak });

/** Sends a form as browsers and applications do, to a path outside the API. */
async function send(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(path, system.api), {
    method: 'POST',
    headers,
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  const text = await response.text();
  const {
    access_token: granted,
    id_token: id,
    ...rest
  } = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  if (typeof granted === 'string') Object.assign(tokens, { granted, id });
  const code = URL.parse(response.headers.get('location') ?? '')?.searchParams.get('code') ?? undefined;
  const [cookie] = response.headers.getSetCookie().map((line) => /=([^;]*)/.exec(line)?.[1] ?? '');
  if (code !== undefined) tokens.grantedCode = code;
  if (cookie !== undefined) tokens.refreshOfPage = cookie;
  const heads = [...response.headers].filter(([name]) => !['location', 'set-cookie'].includes(name));
  const shown = granted === undefined ? text : JSON.stringify(rest);
  answers.push({ request: `POST ${path}`, text: `${shown} ${heads.flat().join(' ')}` });
  return { status: response.status, code: code ?? '', cookie: cookie ?? '' };
}

/** Another application: people sign in to it, with right and wrong beaks, codes and secrets. */
async function signInToApplication(): Promise<void> {
  const request = {
    response_type: 'code',
    client_id: CLIENT.client_id,
    redirect_uri: CLIENT.redirect_uris[0] ?? '',
    scope: 'openid profile',
    code_challenge: createHash('sha256').update(OTHERS.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const submit = (login: string, beak: string) => send('/oidc/authorize', { ...request, login, beak });
  expect((await submit('mia', BEAKS.wrong)).status).toBe(401);
  expect((await submit(BEAKS.asSlug, BEAKS.asSlug)).status).toBe(401);
  const { status, code } = await submit('mia', BEAKS.mia);
  expect([status, code.length]).toEqual([303, 43]);
  const redeem = (fields: object) =>
    send('/oidc/token', {
      grant_type: 'authorization_code',
      client_id: CLIENT.client_id,
      client_secret: OTHERS.clientSecret,
      redirect_uri: request.redirect_uri,
      code,
      code_verifier: OTHERS.verifier,
      ...fields,
    });
  expect((await redeem({ client_secret: OTHERS.wrongClientSecret })).status).toBe(401);
  expect((await redeem({ code: OTHERS.wrongCode })).status).toBe(400);
  expect((await redeem({ code_verifier: OTHERS.wrongCode })).status).toBe(400);
  expect((await redeem({})).status).toBe(200);
  const userinfo = new URL('/oidc/userinfo', system.api);
  expect((await fetch(userinfo, { headers: bearer(tokens.granted) })).status).toBe(200);
  expect((await fetch(userinfo, { headers: bearer(OTHERS.bearer) })).status).toBe(401);
  expect((await redeem({})).status).toBe(400);
}

async function sql(service: string, statement: string): Promise<Record<string, unknown>[]> {
  const url = new URL(config.databaseUrl ?? '');
  url.pathname = `/${databaseName(config.namespace, service)}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** The private half of a signing key, as ADR 10 seals it. */
async function unsealed(kid: string, jwe: string): Promise<string> {
  const salt = createHash('sha256').update(`signing-key/${kid}`).digest();
  const key = await hashRaw(OTHERS.keySecret, { ...ARGON2_OPTIONS, salt, outputLen: 32 });
  const { d } = JSON.parse(Buffer.from((await compactDecrypt(jwe, key)).plaintext).toString()) as {
    d?: string;
  };
  if (d === undefined) throw new Error('This is no private key');
  return d;
}

async function noteWhatServicesKeep(): Promise<void> {
  const keys = await sql(
    'auth',
    'SELECT kid, private_jwe AS jwe FROM signing_key WHERE private_jwe IS NOT NULL',
  );
  for (const [n, { kid, jwe }] of keys.entries()) {
    kept[`sealedKey${n}`] = String(jwe);
    kept[`signingKey${n}`] = await unsealed(String(kid), String(jwe));
  }
  expect(keys.length).toBeGreaterThan(0);
  for (const [service, name] of [
    ['accounting', 'price'],
    ['auth', 'login'],
    ['auth', 'refresh'],
    ['mailer', 'sealing'],
  ] as const) {
    const [drawn] = await sql(service, `SELECT value FROM secret WHERE name = '${name}'`);
    const secret = drawn?.value as Buffer;
    kept[`${name}Secret`] = secret.toString('hex');
    kept[`${name}SecretBase64`] = secret.toString('base64');
  }
  for (const { datname } of await sql('auth', 'SELECT datname FROM pg_database')) {
    const service = String(datname).slice(config.namespace.length + 1);
    if (!serviceNames().includes(service)) continue;
    const [role] = await sql(service, `SELECT value FROM provision.secret WHERE name = 'runtime-password'`);
    kept[`${service}Password`] = String(role?.value);
  }
}

/** Accepts mails from clients with the password, except for the first attempt. */
async function startSmtp(): Promise<number> {
  let refusals = 0;
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth({ password }, _session, done) {
      refusals += 1;
      if (refusals > 1 && password === OTHERS.smtpPassword) done(null, { user: 'mailer' });
      else done(new Error('Not you'));
    },
    onData(stream, _session, done) {
      void textOf(stream).then((mail) => {
        mails.push(mail);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  return (smtp.server.address() as AddressInfo).port;
}

beforeAll(async () => {
  config = testConfig();
  const port = await startSmtp();
  collector = await Collector.start();
  system = await startSystem({
    ...testServers(),
    namespace: config.namespace,
    // The most that it can say.
    environment: {
      ADMIN_BEAK: BEAKS.admin,
      KEY_SECRET: OTHERS.keySecret,
      LOG_LEVEL: 'trace',
      // It shows more than lines of text: the fields of objects, too.
      LOG_FORMAT: 'json',
      PUBLIC_URL: 'https://ates.test',
      OIDC_CLIENTS: JSON.stringify([CLIENT]),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${OTHERS.otlpKey}`,
      SMTP_URL: `smtp://mailer:${OTHERS.smtpPassword}@127.0.0.1:${port}?ignoreTLS=true`,
    },
  });
  await playWithSecrets();
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await collector?.stop();
  await dropNamespace(config);
});

async function playWithSecrets(): Promise<void> {
  const admin = bearer((await signIn('admin', BEAKS.admin)).body.accessToken);
  const account = (login: string, beak: unknown) => ({
    login,
    name: `${VISIBLE} ${login}`,
    email: `${login}@example.com`,
    roles: ['developer'],
    beak,
  });
  const register = (login: string, beak: unknown, headers: Record<string, string> = {}) => {
    registered.push(account(login, beak));
    return ask('POST', '/users', account(login, beak), { ...admin, ...headers });
  };

  // Accounts: made, refused, changed, refused.
  const pip = (await register('pip', BEAKS.pip, { 'idempotency-key': KEY })).body;
  expect(await register('pip', BEAKS.pip, { 'idempotency-key': KEY })).toMatchObject({
    body: { id: pip.id },
  });
  expect((await register('pip', BEAKS.taken, { 'idempotency-key': KEY })).status).toBe(422);
  expect((await register('pip', BEAKS.taken)).status).toBe(409);
  expect((await register('LOGIN', BEAKS.malformed)).status).toBe(422);
  expect((await register('lory', BEAKS.long)).status).toBe(422);
  expect((await register('lory', BEAKS.control)).status).toBe(422);
  expect((await register('lory', { shape: [BEAKS.nested] })).status).toBe(422);
  expect((await register('lory', [BEAKS.nested])).status).toBe(422);
  expect((await ask('POST', '/users', { ...account('lory', 'x'), Beak: BEAKS.nested }, admin)).status).toBe(
    422,
  );
  expect((await ask('POST', '/users', `{"beak":"${BEAKS.malformed}"`, admin)).status).toBe(400);
  const stranger = await ask('POST', '/users', account('lory', BEAKS.stranger));
  expect(stranger.status).toBe(401);
  expect((await register('mia', BEAKS.mia)).status).toBe(201);
  expect((await ask('PATCH', `/users/${pip.id}`, { beak: BEAKS.pipNext }, admin)).status).toBe(200);
  expect((await ask('PATCH', `/users/${randomUUID()}`, { beak: BEAKS.stranger }, admin)).status).toBe(404);
  expect((await ask('PATCH', `/users/${pip.id}`, { beak: BEAKS.long }, admin)).status).toBe(422);
  const self = (await ask('GET', '/auth/me', undefined, admin)).body.id;
  const lastAdmin = { active: false, beak: BEAKS.lastAdmin };
  expect(await ask('PATCH', `/users/${self}`, lastAdmin, admin)).toMatchObject({
    body: { code: 'last_admin' },
  });

  // Signing in, rightly and wrongly; tokens used, used up, made up.
  const session = (await signIn('pip', BEAKS.pipNext)).body;
  for (const [login, beak] of [
    ['pip', BEAKS.pip],
    ['pip', BEAKS.wrong],
    ['nobody', BEAKS.wrong],
    [BEAKS.asLogin, ''],
    [BEAKS.asSlug, BEAKS.wrong],
    ['', BEAKS.long],
    ['pip', BEAKS.control],
  ] as const) {
    expect((await signIn(login, beak)).status).toBe(401);
  }
  expect((await signIn('pip', { $ne: BEAKS.nested })).status).toBe(422);
  expect((await ask('GET', `/auth/login?beak=${BEAKS.get}`)).status).toBe(405);
  const refresh = (refreshToken: unknown) => ask('POST', '/auth/refresh', { refreshToken });
  expect((await refresh(session.refreshToken)).status).toBe(200);
  expect((await refresh(session.refreshToken)).status).toBe(200);
  await sql('auth', `UPDATE refresh_token SET used_at = used_at - interval '21 seconds'`);
  expect((await refresh(session.refreshToken)).status).toBe(401);
  expect((await refresh(OTHERS.refresh)).status).toBe(401);
  expect((await refresh([OTHERS.refresh])).status).toBe(422);
  expect((await ask('POST', '/auth/logout', { refreshToken: OTHERS.refresh })).status).toBe(204);
  const mia = (await signIn('mia', BEAKS.mia)).body;
  for (const headers of [
    bearer(OTHERS.bearer),
    bearer(`${String(mia.accessToken).slice(0, -4)}AAAA`),
    bearer(session.accessToken),
    { authorization: `Basic ${Buffer.from(`pip:${OTHERS.basic}`).toString('base64')}` },
    { cookie: `session=${OTHERS.cookie}` },
  ]) {
    expect((await ask('GET', '/tasks', undefined, headers as Record<string, string>)).status).toBe(401);
  }
  await signInToApplication();

  // One-time codes and service accounts: used, used again, made up.
  const { body: newcomer } = await register('kiwi', undefined);
  const activate = (code: unknown, beak: string) => ask('POST', '/auth/activate', { code, beak });
  expect((await activate(OTHERS.wrongCode, BEAKS.kiwi)).status).toBe(401);
  expect((await activate(newcomer.activationCode, BEAKS.kiwi)).status).toBe(204);
  expect((await activate(newcomer.activationCode, BEAKS.stranger)).status).toBe(401);
  const service = { name: VISIBLE, scopes: ['accountant'], expiresAt: new Date(Date.now() + 60_000 * 60) };
  const { body: robot } = await ask('POST', '/service-accounts', service, admin);
  for (const token of [
    robot.token,
    `${String(robot.token).slice(0, -4)}AAAA`,
    `sat_${OTHERS.serviceToken}`,
  ]) {
    await ask('GET', '/tasks', undefined, bearer(token));
  }
  const inQuery = `/tasks?access_token=${OTHERS.queryToken}`;
  expect((await ask('GET', inQuery, undefined, bearer(mia.accessToken))).status).toBe(422);

  // What nobody foresaw: statements that fail in the middle of it.
  await sql('auth', `ALTER TABLE user_account ADD CONSTRAINT boom CHECK (login <> 'boom')`);
  expect((await register('boom', BEAKS.broken, { 'idempotency-key': KEY + 2 })).status).toBe(500);
  await sql('auth', 'ALTER TABLE refresh_token ADD CONSTRAINT boom CHECK (session_id IS NULL) NOT VALID');
  expect((await signIn('mia', BEAKS.mia)).status).toBe(500);
  await sql('auth', 'ALTER TABLE refresh_token DROP CONSTRAINT boom');
  await sql('auth', 'ALTER TABLE user_account RENAME TO lost');
  for (const answer of [
    await signIn('mia', BEAKS.waiting),
    await register('kea', BEAKS.waiting),
    await ask('PATCH', `/users/${pip.id}`, { beak: BEAKS.waiting }, admin),
  ]) {
    expect(answer.status).toBeGreaterThanOrEqual(500);
  }
  await sql('auth', 'ALTER TABLE lost RENAME TO user_account');

  const again = (await signIn('pip', BEAKS.pipNext)).body;
  const miaAgain = (await signIn('mia', BEAKS.mia)).body;
  const kiwi = (await signIn('kiwi', BEAKS.kiwi)).body;
  /** Of those who get tasks, besides Mia. */
  const signedIns = new Map([
    [pip.id, again],
    [newcomer.id, kiwi],
  ]);

  // Tasks, money, mails, letters.
  const manager = (await ask('POST', '/users', { ...account('rio', BEAKS.mia), roles: ['manager'] }, admin))
    .body;
  const create = () => ask('POST', '/tasks', { title: VISIBLE }, { ...admin, 'idempotency-key': `${KEY}3` });
  /** By whoever has it now: it is being shuffled. */
  const complete = async () => {
    const { id } = (await create()).body;
    const { assignee } = (await ask('GET', `/tasks/${id}`, undefined, admin)).body;
    const signedIn = signedIns.get((assignee as { id: string }).id) ?? miaAgain;
    return (await ask('POST', `/tasks/${id}/complete`, undefined, bearer(signedIn.accessToken))).status;
  };
  await until(async () => (await create()).status === 201, { every: 100, what: 'somebody to assign to' });
  expect((await ask('POST', '/tasks/shuffles', undefined, admin)).status).toBe(202);
  await until(async () => (await complete()) === 200, { every: 100, what: 'the task to be completed' });
  const adjustment = { userId: pip.id, amount: 100_000, reason: VISIBLE };
  const keyed = { ...admin, 'idempotency-key': `${KEY}4` };
  await until(async () => (await ask('POST', '/accounting/adjustments', adjustment, keyed)).status === 201, {
    every: 100,
    what: 'an account to adjust',
  });
  const day = (await ask('GET', '/analytics/today', undefined, admin)).body.businessDay;
  for (const dryRun of [true, false]) {
    const close = () => ask('POST', `/accounting/days/${day}/close`, { dryRun }, admin);
    // It waits a second for who books at this moment, and is refused then.
    await until(async () => [200, 202].includes((await close()).status), { what: 'the day to be closed' });
  }
  expect((await ask('POST', '/auth/recovery', { login: 'mia' })).status).toBe(202);
  const sealing = () => sql('mailer', `SELECT FROM secret WHERE name = 'sealing'`);
  await until(async () => (await sealing()).length > 0, { what: 'the key that seals codes' });
  await noteWhatServicesKeep();
  await sql('tasks', `ALTER TABLE user_copy ADD CONSTRAINT boom CHECK (name NOT LIKE '%unlucky%') NOT VALID`);
  expect(
    (await ask('PATCH', `/users/${manager.id}`, { name: `${VISIBLE} unlucky`, beak: BEAKS.pip }, admin))
      .status,
  ).toBe(200);
  const letter = await until(
    async () =>
      (await ask('GET', '/dead-letters', undefined, admin)).body.items?.find(
        (each) => each.service === 'tasks',
      ),
    { within: 20_000, every: 100, what: 'a letter' },
  );
  await ask('GET', `/dead-letters/${letter.id}`, undefined, admin);
  expect((await ask('POST', `/dead-letters/${letter.id}/redrive`, undefined, admin)).status).toBe(409);
  const codes = () => mails.map((mail) => CODE.exec(mail.replaceAll('=\r\n', ''))?.[0]);
  tokens.codeByMail = await until(() => codes().find((code) => code !== undefined), {
    within: 30_000,
    what: 'a mail with a code',
  });

  // What operators read.
  await until(
    async () => {
      const { body } = await ask('GET', '/audit?type=auth.session.refused.v1', undefined, admin);
      return (body.items?.length ?? 0) >= 5;
    },
    { within: 20_000, every: 100, what: 'the refusals in the log' },
  );
  expect((await ask('POST', '/auth/logout', { refreshToken: again.refreshToken })).status).toBe(204);
  for (const path of ['/audit?limit=200', '/dead-letters', '/mails?limit=200', '/users', '/tasks']) {
    await ask('GET', path, undefined, admin);
  }
  expect((await ask('GET', '/audit', undefined, { ...admin, accept: 'text/csv' })).status).toBe(200);
}

/** Everything that must be nowhere, and the fingerprints by which a beak could be guessed. */
const secrets = () => ({
  ...kept,
  ...BEAKS,
  ...OTHERS,
  ...tokens,
  ...Object.fromEntries(registered.map((params, n) => [`fingerprint${n}`, fingerprintOfParams(params)])),
  databasePassword: new URL(config.databaseUrl ?? '').password,
  natsPassword: new URL(config.natsUrls[0] ?? '').password,
});
/** A client's key is kept where it is compared; otherwise it is nobody's business. */
const guarded = () => new Map([...needlesOf({ ...secrets(), key: KEY }), ['$argon2id$', 'a hash of a beak']]);
/**
 * Refresh tokens, codes and tokens of applications have 256 random bits: their SHA-256 is stored.
 */
const isKept = (table: string, what: string) =>
  (table === 'auth.oidc_grant' && what.startsWith('granted')) ||
  (table === 'auth.refresh_token' && what.startsWith('refresh')) ||
  (table === 'auth.user_account' && what === 'a hash of a beak') ||
  (table === 'auth.signing_key' && what.startsWith('sealedKey')) ||
  (table === 'accounting.secret' && what.startsWith('priceSecret')) ||
  (table === 'auth.secret' && /^(?:login|refresh)Secret/.test(what)) ||
  (table === 'mailer.secret' && what.startsWith('sealingSecret')) ||
  (table.endsWith('.idempotency_key') && what === 'key');

describe('the search for secrets', () => {
  it('finds known text in each place that it searches', async () => {
    const visible = needlesOf({ visible: VISIBLE });
    const tables = await hitsInDatabases(config, visible, () => false);
    for (const table of [
      'auth.user_account',
      'auth.outbox',
      'tasks.task',
      'audit.audit_record',
      'tasks.dead_letter',
    ]) {
      expect(tables).toContain(`visible in ${table}`);
    }
    const streams = await hitsInStreams(config, visible);
    expect(streams.some((hit) => hit.startsWith('visible in AUTH/'))).toBe(true);
    const found = answers.filter(({ request, text }) => hitsIn(request, text, visible).length > 0);
    const requests = found.map(({ request }) => request);
    expect(requests).toEqual(expect.arrayContaining(['POST /users', 'GET /audit', 'GET /audit?limit=200']));
    expect(mails.some((mail) => hitsIn('mail', Buffer.from(mail).toString(), visible).length > 0)).toBe(true);
    expect(Object.keys(tokens).length).toBeGreaterThanOrEqual(8);
    expect(system.nodes.map(({ output }) => output).join('').length).toBeGreaterThan(1_000);
  });
});

describe('secrets in right and wrong form, in requests that succeed and fail', () => {
  it('AUD-1: are in no answer, neither of a success nor of a failure', () => {
    expect(answers.length).toBeGreaterThan(50);
    const hits = answers.flatMap(({ request, text }) => hitsIn(request, text, guarded()));
    // The sign-in page keeps what was typed as the login, for the person who typed it.
    expect(hits.filter((hit) => hit !== 'asSlug in POST /oidc/authorize')).toEqual([]);
  });

  it('AUD-1: are in no table of any database, including the log and dead letters', async () => {
    expect(await hitsInDatabases(config, guarded(), isKept)).toEqual([]);
  });

  it('AUD-1: are in no event, and in no other data of the broker', async () => {
    expect(await hitsInStreams(config, guarded())).toEqual([]);
  });

  it('AUD-1: are in no mail', () => {
    const hits = mails.flatMap((mail) => hitsIn('a mail', mail, guarded()));
    // Only the mail for its owner has the code, in its text and in its HTML.
    expect(hits.filter((hit) => hit !== 'codeByMail in a mail')).toEqual([]);
  });

  it('AUD-1: are in no span, nor are texts of people', () => {
    const names = new Set(collector.spans.map(({ name }) => name));
    expect([...names]).toEqual(
      expect.arrayContaining(['auth.login', 'POST /api/v1/auth/login', 'send mail']),
    );
    const hits = collector.bodies.flatMap((body) => {
      return hitsIn('a span', body.toString('latin1'), new Map([...guarded(), [VISIBLE, 'a text']]));
    });
    expect(hits).toEqual([]);
  });

  it("F16: are not revealed to a stranger who joins the cluster and calls every action, including Moleculer's", async () => {
    const stranger = await Stranger.join(config.natsUrls[0] ?? '', config.namespace);
    const told = await until(() => [...stranger.actions()].find(([, actions]) => actions.length > 0));
    const [node, actions] = told;
    expect(actions).toEqual(
      expect.arrayContaining(['auth.login', 'auth.ready', 'mailer.operator.outbox.stats']),
    );
    const ofMoleculer = ['list', 'services', 'actions', 'events', 'health', 'options', 'metrics'];
    const hidden = ofMoleculer.flatMap((name) => [
      { action: `$node.${name}` },
      { action: `$node.${name}`, node },
      { action: `$node.${name}`, subject: stranger.subjectOf('auth.ready') },
    ]);
    const unanswered = hidden.map((call) => stranger.request(call));
    // Each with nothing, and as an operator; to any node, and to this one.
    const calls = actions.flatMap((action) =>
      [{}, { by: 'operator:stranger@away' }].flatMap((params) => [
        { action, params },
        { action, params, node },
      ]),
    );
    const heard = [...stranger.announced.values()];
    heard.push(...(await Promise.all(calls.map((call) => stranger.ask(call)))));
    expect(unanswered.map((id) => stranger.answerTo(id))).toEqual(hidden.map(() => undefined));
    await stranger.leave();
    expect(heard.some((answer) => answer.includes('"success":true'))).toBe(true);
    expect(heard.flatMap((text) => hitsIn(text.slice(0, 300), text, guarded()))).toEqual([]);
  });

  it('AUD-1: are in no output of any process, at any log level', async () => {
    await system.stop();
    for (const { output } of system.nodes) {
      const lines = output.split('\n');
      expect(lines.flatMap((line) => hitsIn(line.slice(0, 300), line, guarded()))).toEqual([]);
    }
  });
});
