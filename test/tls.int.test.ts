/**
 * F20: TLS of NATS, PostgreSQL, SMTP and the gateway, with the test's own certificate authority.
 */
import {
  appendFileSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'nats';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { connectionOptions } from '#mixins/bus/connection-options.ts';
import { parseAddress } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { openTestDatabase } from '#mixins/database/open.fixture.ts';
import { type Config, readConfig } from '../config.ts';
import { sendRequest } from '../scripts/launcher/http-request.ts';
import { renewCertificate } from '../services/gateway/connections/certificate.client.ts';
import { gatewayService } from '../services/gateway/gateway.service.ts';
import type { Web } from '../services/gateway/web.mixin.ts';
import { SmtpClient } from '../services/mailer/sending/smtp.client.ts';
import { from, mail } from '../services/mailer/sending/smtp.fixture.ts';
import { type CertificateFiles, ConfigError } from '../settings.ts';
import { startNode, type TestNode } from './harness/broker.ts';
import { type Authority, makeAuthority } from './harness/certificates.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { startNats, startPostgres, type TestServer } from './harness/servers.ts';
import { until } from './harness/wait.ts';

let folder: string;
let ours: Authority;
let another: Authority;
let here: CertificateFiles;
let elsewhere: CertificateFiles;

beforeAll(async () => {
  folder = mkdtempSync(`${tmpdir()}/tls-test-`);
  [ours, another] = await Promise.all([makeAuthority(`${folder}/ours`), makeAuthority(`${folder}/another`)]);
  [here, elsewhere] = await Promise.all([
    ours.sign('here', { ip: ['127.0.0.1'] }),
    ours.sign('elsewhere', { dns: ['elsewhere.example'] }),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error: Error) => `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`,
  );

describe('a PostgreSQL that accepts only encrypted connections', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startPostgres();
    const data = `${server.folder}/data`;
    const { uid, gid } = statSync(data);
    for (const [from, to] of [
      [here.certFile, 'server.crt'],
      [here.keyFile, 'server.key'],
      [ours.caFile, 'root.crt'],
    ] as const) {
      copyFileSync(from, `${data}/${to}`);
      chownSync(`${data}/${to}`, uid, gid);
    }
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('CREATE ROLE certified LOGIN SUPERUSER');
    // The file's name is what the server goes by.
    await client.query(`COPY (SELECT 'hostssl all certified all cert map=any' UNION ALL SELECT 'hostssl all all all scram-sha-256')
      TO '${(await client.query('SHOW hba_file')).rows[0].hba_file}'`);
    await client.query(
      `COPY (SELECT 'any /^.*$ certified') TO '${(await client.query('SHOW ident_file')).rows[0].ident_file}'`,
    );
    await client.query(`ALTER SYSTEM SET ssl_ca_file = 'root.crt'`);
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    await client.end();
    await until(async () => (await outcome(encrypted('?sslmode=require'))) === 'fine');
  });
  afterAll(() => server?.dispose());

  const urlWith = (query: string, host = '127.0.0.1') => server.url.replace('127.0.0.1', host) + query;
  async function encrypted(query: string, host?: string): Promise<void> {
    await withClient(parseAddress(urlWith(query, host)), async (client) => {
      const [row] = await client.rows('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      expect(row).toEqual({ ssl: true });
    });
  }

  it.each([
    ['require', () => '', '127.0.0.1', 'fine'],
    ['require', () => ours.caFile, 'localhost', 'fine'],
    ['require', () => another.caFile, '127.0.0.1', /certificate/],
    ['verify-ca', () => ours.caFile, 'localhost', 'fine'],
    ['verify-ca', () => another.caFile, 'localhost', /certificate/],
    ['verify-full', () => ours.caFile, '127.0.0.1', 'fine'],
    ['verify-full', () => ours.caFile, 'localhost', /altnames/],
    ['verify-full', () => another.caFile, '127.0.0.1', /certificate/],
    ['verify-full', () => '', '127.0.0.1', /certificate/],
    ['verify-full', () => 'system', '127.0.0.1', /certificate/],
    ['disable', () => '', '127.0.0.1', /no encryption/],
    ['prefer', () => '', '127.0.0.1', /no encryption/],
  ])(
    'F20: with sslmode=%s and authority %s answers %s, as with libpq',
    async (mode, root, host, expected) => {
      const query = `?sslmode=${mode}${root() === '' ? '' : `&sslrootcert=${root()}`}`;
      expect(await outcome(encrypted(query, host))).toMatch(expected);
    },
  );

  it('F20: authenticates a client by its certificate', async () => {
    const url = new URL(urlWith(`?sslmode=verify-full&sslrootcert=${ours.caFile}`));
    url.username = 'certified';
    url.password = '';
    const asCertified = () =>
      outcome(withClient(parseAddress(url.href), (client) => client.rows('SELECT 1')));
    expect(await asCertified()).not.toBe('fine');
    url.searchParams.set('sslcert', here.certFile);
    url.searchParams.set('sslkey', here.keyFile);
    expect(await asCertified()).toBe('fine');
  });

  it('F20: is provisioned, migrated and used over TLS', async () => {
    const url = urlWith(`?sslmode=verify-full&sslrootcert=${ours.caFile}`);
    const test = await openTestDatabase({ databaseUrl: url });
    const connections = `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'ates-%'`;
    expect(await test.database.rows(connections)).toEqual([{ ssl: true }]);
    await test.lifecycle.close();
  });
});

describe('a nats-server that accepts only encrypted connections', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startNats();
    present(here);
    await until(async () => (await outcome(encrypted({ natsCaFile: ours.caFile }))) === 'fine');
  });
  afterAll(() => server?.dispose());

  /** It reads its configuration again. */
  function present({ certFile, keyFile }: CertificateFiles): void {
    const tls = `tls { cert_file: "${certFile}", key_file: "${keyFile}", ca_file: "${ours.caFile}", verify: false }\n`;
    appendFileSync(`${server.folder}/nats.conf`, tls);
    process.kill(Number(readFileSync(`${server.folder}/nats-server.pid`, 'utf8')), 'SIGHUP');
  }
  const configOf = (tls: Partial<Config>, host = '127.0.0.1'): Config => ({
    ...testConfig(),
    natsUrls: [server.url.replace('nats:', 'tls:').replace('127.0.0.1', host)],
    ...tls,
  });
  async function encrypted(tls: Partial<Config>, host?: string): Promise<void> {
    const connection = await connect({ ...connectionOptions(configOf(tls, host)), reconnect: false });
    await connection.flush();
    await connection.close();
  }

  it.each([
    ['by address, with its authority', () => ours.caFile, '127.0.0.1', 'fine'],
    ['by a name that it does not have', () => ours.caFile, 'localhost', /altnames/],
    ['with another authority', () => another.caFile, '127.0.0.1', /certificate/],
    ['with those of Node', () => null, '127.0.0.1', /certificate/],
  ])('F20: %s', async (_, ca, host, expected) => {
    expect(await outcome(encrypted({ natsCaFile: ca() }, host))).toMatch(expected);
  });

  it('F20: serves a whole node, with its transporter and its streams', async () => {
    const config = configOf({ natsCaFile: ours.caFile, natsCertificate: here });
    const node = await startNode(config, []);
    await node.stop();
  });

  it('F20: is refused if it shows the certificate of another server', async () => {
    present(elsewhere);
    await until(async () => (await outcome(encrypted({ natsCaFile: ours.caFile }))) !== 'fine');
    expect(await outcome(encrypted({ natsCaFile: ours.caFile }))).toMatch(/altnames/);
  });

  it('F20: is refused if it offers no encryption and TLS is required', async () => {
    const [plain = ''] = testConfig().natsUrls;
    for (const config of [
      { natsUrls: [plain.replace('nats:', 'tls:')] },
      { natsUrls: [plain], natsCaFile: ours.caFile },
    ]) {
      const connecting = connect({ ...connectionOptions({ ...testConfig(), ...config }), reconnect: false });
      expect(await outcome(connecting)).toMatch(/tls/i);
    }
  });
});

describe('an SMTP server whose certificate the test signed', () => {
  let port: number;
  let smtp: SMTPServer;
  const mails: string[] = [];
  beforeAll(async () => {
    smtp = new SMTPServer({
      cert: readFileSync(here.certFile),
      key: readFileSync(here.keyFile),
      authOptional: true,
      disableReverseLookup: true,
      onMailFrom: (_, session, done) => done(session.secure ? null : new Error('Not in the clear')),
      onData(stream, _, done) {
        stream.resume().on('end', () => done(null, String(mails.push('taken'))));
      },
    });
    smtp.on('error', () => {});
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    port = (smtp.server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise<void>((resolve) => smtp.close(() => resolve())));

  async function deliver(caFile: string | null): Promise<unknown> {
    const client = new SmtpClient({
      url: `smtp://127.0.0.1:${port}?requireTLS=true`,
      from,
      caFile,
    });
    try {
      return await client.deliver(mail);
    } finally {
      client.close();
    }
  }

  it('F20: gets mails over TLS if SMTP_CA_FILE names its authority, and none otherwise', async () => {
    expect(await deliver(null)).toMatchObject({ kind: 'unreachable' });
    expect(await deliver(another.caFile)).toMatchObject({ kind: 'unreachable' });
    expect(mails).toEqual([]);
    expect(await deliver(ours.caFile)).toEqual({ kind: 'sent' });
    expect(mails).toEqual(['taken']);
  });
});

describe('a gateway with a certificate', () => {
  let config: Config;
  let node: TestNode;
  let port: number;
  beforeAll(async () => {
    config = testConfig({ certificate: here, securityContact: 'mailto:popug@example.com' });
    node = await startNode(config, [gatewayService({ contracts: [], services: [] })]);
    port = (gateway().server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await node?.stop();
    await dropNamespace(config);
  });
  const gateway = () => node.broker.getLocalService('gateway') as unknown as Web;

  const get = (path: string, options: object = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const url = `https://127.0.0.1:${port}${path}`;
      const call = secureRequest(url, { ca: readFileSync(ours.caFile), agent: false, ...options }, resolve);
      call.once('error', reject).end();
    });

  it('F20: answers over HTTPS, with a header that requires HTTPS of browsers', async () => {
    for (const path of ['/livez', '/nowhere', '/.well-known/security.txt']) {
      const answer = await get(path);
      answer.resume();
      expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    }
  });

  it('F20: treats pages of its host as same-origin only over HTTPS', async () => {
    const statusFor = async (origin: string) =>
      (await get('/livez', { headers: { origin } })).resume().statusCode;
    expect(await statusFor(`https://127.0.0.1:${port}`)).toBe(200);
    expect(await statusFor(`http://127.0.0.1:${port}`)).toBe(403);
  });

  it('F20: is refused by clients that do not trust its authority', async () => {
    expect(await outcome(get('/livez', { ca: readFileSync(another.caFile) }))).toMatch(/certificate/);
    expect(await outcome(get('/livez', { ca: undefined }))).toMatch(/certificate/);
  });

  it('F20: closes connections with plain HTTP, and goes on', async () => {
    const plain = new Promise<unknown>((resolve) => {
      request({ port, host: '127.0.0.1', path: '/livez' }, resolve).once('error', resolve).end();
    });
    expect(await plain).toHaveProperty('code', 'ECONNRESET');
    expect((await get('/livez')).resume().statusCode).toBe(200);
  });

  it('F20: can be checked from its own machine, by its certificate and not by its names', async () => {
    const ask = (certFile: string) =>
      sendRequest(`https://localhost:${port}/livez`, { withinMs: 5_000, certFile });
    expect(await ask(here.certFile)).toEqual({ status: 200, body: '{"status":"alive"}' });
    expect(await outcome(ask(elsewhere.certFile))).toMatch(/certificate/);
  });

  it('F20: uses a renewed certificate without a restart, and keeps the old one while the new pair does not match', async () => {
    const files = { certFile: `${folder}/used.pem`, keyFile: `${folder}/used.key` };
    const use = ({ certFile, keyFile }: CertificateFiles) => {
      copyFileSync(certFile, files.certFile);
      copyFileSync(keyFile, files.keyFile);
    };
    const shown = async () => {
      const answer = await get('/livez', { rejectUnauthorized: false });
      answer.resume();
      return (
        answer.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
      ).getPeerCertificate().subject.CN;
    };
    use(here);
    const outage = { failed() {}, over() {} };
    const renewal = renewCertificate(gateway().server as never, files, outage);
    try {
      expect(renewal.runOnce()).toBe(false);
      copyFileSync(elsewhere.certFile, files.certFile);
      expect(() => renewal.runOnce()).toThrow();
      expect(await shown()).toBe('here');
      use(elsewhere);
      expect(renewal.runOnce()).toBe(true);
      expect(await shown()).toBe('elsewhere');
    } finally {
      renewal.stop();
    }
  });
});

describe('a gateway without a certificate', () => {
  it('F20: sends no Strict-Transport-Security, and states where to report a weakness', async () => {
    const config = testConfig({ securityContact: 'https://popug.example/report' });
    const node = await startNode(config, [gatewayService({ contracts: [], services: [] })]);
    try {
      const { port } = (
        node.broker.getLocalService('gateway') as unknown as Web
      ).server.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/.well-known/security.txt`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('strict-transport-security')).toBeNull();
      expect(await answer.text()).toMatch(
        /^Contact: https:\/\/popug\.example\/report\r\nExpires: \d{4}-\d\d-\d\dT/,
      );
    } finally {
      await node.stop();
      await dropNamespace(config);
    }
  });
});

describe('the files of certificates', () => {
  const refused = (environment: Record<string, string>) => {
    try {
      readConfig(environment);
    } catch (error) {
      if (error instanceof ConfigError) return error.variable;
      throw error;
    }
    return 'nothing';
  };
  it('F20: are checked at the start, and errors name the variable', () => {
    const pair = { TLS_CERT_FILE: here.certFile, TLS_KEY_FILE: here.keyFile };
    expect(readConfig(pair).certificate).toEqual(here);
    expect(refused({ TLS_CERT_FILE: here.certFile })).toBe('TLS_KEY_FILE');
    expect(refused({ TLS_KEY_FILE: here.keyFile })).toBe('TLS_CERT_FILE');
    expect(refused({ ...pair, TLS_KEY_FILE: elsewhere.keyFile })).toBe('TLS_CERT_FILE');
    expect(refused({ ...pair, TLS_CERT_FILE: `${folder}/none` })).toBe('TLS_CERT_FILE');
    expect(refused({ NATS_CERT_FILE: here.certFile })).toBe('NATS_KEY_FILE');
    for (const name of ['NATS_CA_FILE', 'SMTP_CA_FILE']) {
      expect(refused({ [name]: `${folder}/none` })).toBe(name);
    }
    const url = 'postgresql://p@db/x?sslmode=verify-full&sslrootcert=';
    expect(refused({ DATABASE_URL: `${url}${ours.caFile}` })).toBe('nothing');
    expect(refused({ DATABASE_URL: `${url}system` })).toBe('nothing');
    expect(refused({ DATABASE_URL: `${url}${folder}/none` })).toBe('DATABASE_URL');
    expect(refused({ TASKS_DATABASE_URL: 'postgresql://p@db/x?sslmode=verify' })).toBe('TASKS_DATABASE_URL');
  });

  it.each<[string, (certificate: string) => string]>([
    ['nothing', () => ''],
    ['text', () => 'no certificate'],
    ['a key', () => readFileSync(here.keyFile, 'utf8')],
    ['a broken certificate', () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
    ['half a certificate', (whole) => whole.slice(0, whole.length / 2)],
    [
      'a good and a broken one',
      (whole) => `${whole}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
    ],
  ])('F20: of authorities are refused at the start when they hold %s', (_, contents) => {
    const file = `${folder}/authorities.pem`;
    const whole = readFileSync(ours.caFile, 'utf8');
    const variables = {
      NATS_CA_FILE: file,
      SMTP_CA_FILE: file,
      DATABASE_URL: `postgresql://p@db/x?sslmode=verify-ca&sslrootcert=${file}`,
      AUTH_DATABASE_READ_URL: `postgresql://p@db/x?sslrootcert=${file}`,
    };
    for (const [name, value] of Object.entries(variables)) {
      writeFileSync(file, `# Ours\n${whole}${readFileSync(another.caFile, 'utf8')}`);
      expect(refused({ [name]: value })).toBe('nothing');
      writeFileSync(file, contents(whole));
      expect(refused({ [name]: value })).toBe(name);
    }
  });
});
