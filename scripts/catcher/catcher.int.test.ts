import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { TEST_FOLDER } from '../../test/harness/servers.ts';
import { until } from '../../test/harness/wait.ts';
import { type Catcher, startCatcher } from '../servers/catcher.ts';
import { Inbox, type WholeMail } from './inbox.ts';

const folder = mkdtempSync(`${tmpdir()}/${TEST_FOLDER}`);
let catcher: Catcher;

beforeAll(async () => {
  catcher = await startCatcher({ folder });
});
afterAll(async () => {
  await catcher.stop();
  rmSync(folder, { recursive: true, force: true });
});

const send = (to: string, subject: string, more: { text?: string; html?: string } = {}) =>
  createTransport(catcher.url).sendMail({
    from: 'aTES <no-reply@ates.localhost>',
    to,
    subject,
    text: 'Text',
    ...more,
  });
const api = async <Body>(path: string) =>
  (await (await fetch(`${catcher.page}api/mails${path}`)).json()) as Body;
const list = async (query = '') => (await api<{ items: WholeMail[] }>(query)).items;

describe('the mail catcher', () => {
  it('shows its mails as a page and as JSON, newest first', async () => {
    await send('pip@popug.example', 'Привет & <b>hello</b>', { html: '<p>Dear <b>Pip</b></p>' });
    await send('rio@popug.example', 'Second');
    const mails = await list();
    expect(mails.map(({ subject, to }) => [subject, to])).toEqual([
      ['Second', ['rio@popug.example']],
      ['Привет & <b>hello</b>', ['pip@popug.example']],
    ]);
    expect(await list('?to=PIP@popug.example')).toEqual([mails[1]]);
    expect(await list('?limit=1')).toEqual([mails[0]]);
    const whole = await api<WholeMail>(`/${mails[1]?.id}`);
    expect({ ...whole, html: whole.html?.trim() }).toMatchObject({
      ...mails[1],
      from: 'no-reply@ates.localhost',
      html: '<p>Dear <b>Pip</b></p>',
    });
    expect(whole.text?.trim()).toBe('Text');
    const page = await (await fetch(catcher.page)).text();
    expect(page).toContain(`<a href="/mails/${mails[1]?.id}">Привет &amp; &lt;b&gt;hello&lt;/b&gt;</a>`);
  });

  it('shows a mail in a frame without any rights', async () => {
    await send('pip@popug.example', 'Evil', {
      html: '<script src="http://evil.example/x.js"></script>',
      text: '<script>',
    });
    const [mail] = await list();
    const page = await fetch(`${catcher.page}mails/${mail?.id}`);
    const body = await page.text();
    expect(body).toContain(`<iframe sandbox="" src="/mails/${mail?.id}/html"`);
    expect(body).toContain('<pre>&lt;script&gt;');
    expect(body).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; frame-src 'self';/,
    );
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    const frame = await fetch(`${catcher.page}mails/${mail?.id}/html`);
    expect(await frame.text()).toContain('<script src=');
    expect(frame.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*; sandbox$/);
    for (const answer of [page, frame]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each([
    ['mails/none', 404],
    ['mails/../../etc/passwd', 404],
    ['mails/%2e%2e%2fcatcher.log', 404],
    ['api/mails/none', 404],
    ['api', 404],
    ['none', 404],
  ])('has no page at %s', async (path, status) => {
    expect((await fetch(`${catcher.page}${path}`)).status).toBe(status);
  });

  it('refuses requests to another host name, and changes nothing', async () => {
    const { port } = new URL(catcher.page);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: `evil.example:${port}` };
      request({ port, host: '127.0.0.1', headers }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    expect((await fetch(catcher.page, { method: 'POST' })).status).toBe(405);
    expect((await fetch(catcher.page, { method: 'HEAD' })).status).toBe(200);
  });

  it('refuses mails that are too large', async () => {
    await expect(send('pip@popug.example', 'Large', { text: 'x'.repeat(11_000_000) })).rejects.toMatchObject({
      responseCode: 552,
    });
    expect((await list()).map(({ subject }) => subject)).not.toContain('Large');
  });

  it('has the same mails and addresses after SIGKILL', async () => {
    const before = await list();
    const { url, page } = catcher;
    await catcher.kill();
    catcher = await startCatcher({ folder });
    expect([catcher.url, catcher.page]).toEqual([url, page]);
    expect(await list()).toEqual(before);
    expect(statSync(`${folder}/mails`).mode & 0o077).toBe(0);
  });

  it('ends when it is requested to', async () => {
    const keepAlive = await fetch(catcher.page);
    await keepAlive.text();
    await catcher.stop();
    await catcher.exited;
    catcher = await startCatcher({ folder });
    await until(async () => (await list()).length > 0);
  });
});

describe('an inbox', () => {
  it('keeps only the newest mails, also of earlier starts', async () => {
    const own = `${folder}/bounded`;
    const inbox = await Inbox.open(own, 3);
    for (let n = 1; n <= 5; n++) {
      await inbox.add(Buffer.from(`Subject: ${n}\r\n\r\nText\r\n`), { from: '', to: ['pip@popug.example'] });
    }
    const subjects = (of: Inbox) => of.list().map(({ subject }) => subject);
    expect(subjects(inbox)).toEqual(['5', '4', '3']);
    expect(readdirSync(own)).toHaveLength(3);
    expect(subjects(await Inbox.open(own, 2))).toEqual(['5', '4']);
    expect(readdirSync(own)).toHaveLength(2);
  });
});
