/** AUTH-9, AUTH-13 over HTTP: codes by mail for those who forgot a beak, and reports of changes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseName } from '#mixins/names.ts';
import type { Config } from '../config.ts';
import { ADMIN_BEAK } from '../services/auth/variables.fixture.ts';
import { TestSmtp } from '../services/mailer/sending/smtp.fixture.ts';
import { hitsInDatabases, hitsInStreams, needlesOf } from './canaries.fixture.ts';
import { Client, type User } from './e2e/client.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { until } from './harness/wait.ts';
import { type HttpNode, startHttpNode } from './http-node.fixture.ts';

const NEXT = 'a feather and a claw';
const CODE = /\b\w{5}(?:-\w{5}){3}\b/;

let config: Config;
let smtp: TestSmtp;
let node: HttpNode;
let admin: Client;
let anyone: Client;

beforeAll(async () => {
  smtp = await TestSmtp.start();
  config = testConfig({ adminBeak: ADMIN_BEAK, smtpUrl: smtp.url });
  node = await startHttpNode(config, ['gateway', 'auth', 'mailer', 'audit']);
  admin = node.admin;
  anyone = new Client(node.api);
}, 60_000);

afterAll(async () => {
  await node?.stop();
  await smtp?.stop();
  await dropNamespace(config);
});

/** The mails to an address, as soon as there are `count` of them. */
const mailsTo = (address: string, count: number) =>
  until(() => smtp.takenBy(address).length >= count && smtp.takenBy(address), {
    within: 40_000,
    what: `${count} mails to ${address}`,
  });
const recover = (login: string) => anyone.request('POST', '/auth/recovery', { login });

describe('a forgotten beak', () => {
  let pip: { user: User; client: Client };
  let code: string;

  beforeAll(async () => {
    pip = await admin.register('pip', ['developer']);
    expect(await recover('pip')).toMatchObject({ status: 202, body: { status: 'accepted' } });
    const [mail] = await mailsTo(pip.user.email, 1);
    expect(mail?.text).toContain('for the account pip');
    code = CODE.exec(mail?.text ?? '')?.[0] ?? '';
    expect(mail?.html).toContain(code);
  }, 60_000);

  it('AUTH-13: leaves its code in the mail only: not in events, databases, the log or the list of mails', async () => {
    expect(code).toMatch(CODE);
    const needles = needlesOf({ code, undashed: code.replaceAll('-', '') });
    // The hash of a code with 99 random bits can't be guessed from.
    const isHash = (table: string) => table === 'auth.activation_code';
    expect(await hitsInDatabases(config, needles, isHash)).toEqual([]);
    expect(await hitsInStreams(config, needles)).toEqual([]);
    const events = await until(async () => {
      const items = await admin.all<{ type: string; data: object }>('/audit?type=mailer.mail.requested.v1');
      return items.length > 0 && items;
    });
    expect(JSON.stringify(events)).toContain('"sealed":"ey');
    expect(JSON.stringify(events)).not.toContain(code);
  });

  it('AUTH-13: is replaced by the code, once; a mail reports it', async () => {
    await anyone.expect(204, 'POST', '/auth/activate', { code, beak: NEXT });
    await new Client(node.api).signIn('pip', NEXT);
    expect((await anyone.request('POST', '/auth/activate', { code, beak: `${NEXT}!` })).status).toBe(401);
    expect((await pip.client.request('GET', '/auth/me')).body).toMatchObject({ code: 'token_stale' });
    const [, report] = await mailsTo(pip.user.email, 2);
    expect(report?.subject).toBe('Your beak was changed');
    expect(report?.text).toContain('127.0.0.1');
  });

  it('AUTH-13: is answered in the same way for logins without an account, which get no mail', async () => {
    const mia = await admin.register('mia', ['developer']);
    await admin.expect(200, 'PATCH', `/users/${mia.user.id}`, { active: false });
    const known = await recover('pip');
    for (const login of ['nobody', 'mia', '', 'NO LOGIN', '\u0000', 'x'.repeat(1_000)]) {
      const { status, body } = await recover(login);
      expect({ status, body }).toEqual({ status: known.status, body: known.body });
    }
    await mailsTo(pip.user.email, 3);
    await until(async () => (await waiting()) === 0);
    expect(smtp.takenBy(mia.user.email)).toEqual([]);
  });

  it('AUTH-13: is mailed three times an hour at most, and only the newest code is valid', async () => {
    const vic = await admin.register('vic', ['developer']);
    for (let n = 0; n < 5; n++) await recover('vic');
    const mails = await mailsTo(vic.user.email, 3);
    await until(async () => (await waiting()) === 0);
    expect(smtp.takenBy(vic.user.email)).toHaveLength(3);
    const codes = mails.map(({ text }) => CODE.exec(text)?.[0] ?? '');
    const answers: number[] = [];
    for (const each of codes) {
      answers.push((await anyone.request('POST', '/auth/activate', { code: each, beak: NEXT })).status);
    }
    expect(answers.toSorted()).toEqual([204, 401, 401]);
  });

  it('AUTH-13: has a mask in place of its code in the text of its mail, also when that failed and is sent again', async () => {
    const ann = await admin.register('ann', ['developer']);
    const { email } = ann.user;
    smtp.manners = { onData: ({ to }) => (to === email ? 550 : 'take') };
    await recover('ann');
    const failed = await until(
      async () => (await admin.all<{ id: string }>(`/mails?status=failed&recipient=${email}`))[0],
      { within: 40_000 },
    );
    const { text } = await admin.expect<{ text: string }>(200, 'GET', `/mails/${failed.id}`);
    expect(text).toContain('•••••-•••••-•••••-•••••');
    expect(text).not.toMatch(CODE);
    smtp.manners = {};
    await admin.expect(202, 'POST', `/mails/${failed.id}/resend`);
    const [mail] = await mailsTo(email, 1);
    const sent = CODE.exec(mail?.text ?? '')?.[0];
    await anyone.expect(204, 'POST', '/auth/activate', { code: sent, beak: NEXT });
  });
});

describe('another e-mail address', () => {
  it('AUTH-13: makes a code void that was mailed to the earlier one', async () => {
    const { user, client } = await admin.register('lee', ['developer']);
    await recover('lee');
    const [mail] = await mailsTo(user.email, 1);
    const code = CODE.exec(mail?.text ?? '')?.[0] ?? '';
    await client.expect(200, 'PATCH', '/auth/me', { email: 'lee@elsewhere.example' });
    const refused = await anyone.request('POST', '/auth/activate', { code, beak: NEXT });
    expect(refused).toMatchObject({ status: 401, body: { code: 'wrong_code' } });
    expect((await client.request('GET', '/auth/me')).status).toBe(200);
  });

  it('AUTH-9: is reported to both addresses', async () => {
    const { user, client } = await admin.register('kim', ['developer']);
    const email = 'kim@elsewhere.example';
    await client.expect(200, 'PATCH', '/auth/me', { email });
    for (const address of [user.email, email]) {
      const [report] = await mailsTo(address, 1);
      expect(report?.subject).toBe('Your e-mail address was changed');
      expect(report?.text).toContain(`is now ${email}`);
    }
  });
});

/** Requests for codes that were not handled yet. */
async function waiting(): Promise<number> {
  const { default: pg } = await import('pg');
  const url = new URL(config.databaseUrl ?? '');
  url.pathname = `/${databaseName(config.namespace, 'auth')}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const { rows } = await client.query('SELECT FROM recovery_request WHERE handled_at IS NULL');
  await client.end();
  return rows.length;
}
