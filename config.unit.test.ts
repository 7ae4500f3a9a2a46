import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from '@jest/globals';
import { environmentWith, readConfig, variableNames } from './config.ts';
import { ConfigError } from './settings.ts';

function refusal(environment: Record<string, string>): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(environment)} was not refused`);
}

describe('an empty environment', () => {
  it('gives the defaults', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      natsUrls: [],
      serviceNatsUrls: {},
      databaseUrl: null,
      namespace: 'ates',
      adminLogin: 'admin',
      adminBeak: null,
      keySecret: null,
      businessTimeZone: 'UTC',
      dayCloseAt: '00:00',
      feeRange: { min: 10, max: 20 },
      rewardRange: { min: 20, max: 40 },
      currency: 'USD',
      locale: 'en',
      logLevel: 'info',
      allowedHosts: [],
      otlpEndpoint: null,
      otlpHeaders: {},
      tracesSampler: { ratio: 1, isParentBased: true },
      rateLimit: 5000,
      streamReplicas: null,
      retentionStreamsDays: null,
      retentionDeadLettersDays: null,
      retentionAuditDays: null,
      retentionMailsDays: null,
      retentionAssignmentsDays: null,
      connectionLimit: 10_000,
      connectionLimitAddress: 1_000,
      sseLimitUser: 10,
      taskQuota: 120,
      testBudget: 1_200,
    });
    expect(readConfig({}).dataDir).toMatch(/^\/.*\.data$/);
  });
});

describe('a full environment', () => {
  it('is parsed', () => {
    const config = readConfig({
      NATS_URL: 'nats://a:4222, nats://b:4222',
      MAIL_BOX_NATS_URL: 'nats://m:x@a:4222, nats://b:4222',
      DATABASE_URL: 'postgres://root:secret@db/postgres',
      TASKS_DATABASE_URL: 'postgres://tasks@db/tasks',
      ACCOUNTING_DATABASE_READ_URL: 'postgres://replica/accounting',
      FEE_RANGE: '5..5',
      BUSINESS_TIME_ZONE: 'Europe/Berlin',
      DAY_CLOSE_AT: '18:30',
      TRUSTED_PROXIES: '10.0.0.0/8,2001:db8::/32,192.0.2.1',
      CORS_ORIGINS: 'https://app.example.com',
      ALLOWED_HOSTS: 'ATES.example.com, bücher.example,2001:DB8::1,[::2],192.0.2.7',
      PUBLIC_URL: 'https://ates.example.com',
      HEALTH_SOCKET: '/run/health.sock',
      METRICS: '10.0.0.0/8,192.0.2.1',
      METRICS_LISTEN: '[::1]:9464',
      RETENTION_STREAMS_DAYS: '90',
      RETENTION_DEAD_LETTERS_DAYS: '30',
      RETENTION_AUDIT_DAYS: '365',
      RETENTION_MAILS_DAYS: '7',
      RETENTION_ASSIGNMENTS_DAYS: '180',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20secret, x-team = popugs',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '.25',
    });
    expect(config).toMatchObject({
      natsUrls: ['nats://a:4222', 'nats://b:4222'],
      serviceNatsUrls: { 'mail-box': ['nats://m:x@a:4222', 'nats://b:4222'] },
      serviceDatabaseUrls: { tasks: 'postgres://tasks@db/tasks' },
      serviceDatabaseReadUrls: { accounting: 'postgres://replica/accounting' },
      feeRange: { min: 5, max: 5 },
      dayCloseAt: '18:30',
      retentionStreamsDays: 90,
      retentionDeadLettersDays: 30,
      retentionAuditDays: 365,
      retentionMailsDays: 7,
      retentionAssignmentsDays: 180,
      trustedProxies: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1'],
      corsOrigins: ['https://app.example.com'],
      allowedHosts: ['ates.example.com', 'xn--bcher-kva.example', '[2001:db8::1]', '[::2]', '192.0.2.7'],
      publicUrl: 'https://ates.example.com',
      healthSocket: '/run/health.sock',
      metrics: ['10.0.0.0/8', '192.0.2.1'],
      metricsListen: { host: '::1', port: 9464 },
      otlpEndpoint: 'https://collector.example.com:4318',
      otlpHeaders: { 'api-key': 'a secret', 'x-team': 'popugs' },
      tracesSampler: { ratio: 0.25, isParentBased: true },
    });
  });

  it('D10: gives ADMIN_BEAK in the form in which beaks are compared', () => {
    const { adminBeak } = readConfig({ ADMIN_BEAK: 'croo\u00a0ke\u0301d' });
    expect(adminBeak).toBe('croo k\u00e9d');
    expect(readConfig({ ADMIN_BEAK: '🦜'.repeat(200) }).adminBeak).toBe('🦜'.repeat(200));
  });

  it('treats an empty variable as missing', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', TASKS_DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      databaseUrl: null,
      serviceDatabaseUrls: {},
    });
  });
});

describe('the security contact', () => {
  it.each([
    [{}, 'mailto:security@ates.localhost'],
    [{ MAIL_FROM: 'Popugs <no-reply@popug.example>' }, 'mailto:security@popug.example'],
    [{ MAIL_FROM: 'no-reply@popug.example' }, 'mailto:security@popug.example'],
    [{ MAIL_FROM: 'no-reply@bücher.example' }, 'mailto:security@xn--bcher-kva.example'],
    [{ SECURITY_CONTACT: 'https://popug.example/report' }, 'https://popug.example/report'],
  ])('F20: with %j is %s', (environment, contact) => {
    expect(readConfig(environment).securityContact).toBe(contact);
  });
});

describe('a malformed variable', () => {
  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['HOST', 'local host'],
    ['PUBLIC_URL', 'ates.example.com'],
    ['HEALTH_SOCKET', 'health.sock'],
    ['METRICS', 'on'],
    ['METRICS', '10.0.0.0/99'],
    ['METRICS', ','],
    ['METRICS_LISTEN', '9464'],
    ['METRICS_LISTEN', 'localhost:9464'],
    ['METRICS_LISTEN', '127.0.0.1:65536'],
    ['METRICS_LISTEN', '::1:9464'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api key=x'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=%zz'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=%0d%0a'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER', 'parentbased_'],
    ['OTEL_TRACES_SAMPLER_ARG', '0.1'],
    ['SECURITY_CONTACT', 'security@example.com'],
    ['SECURITY_CONTACT', 'http://example.com'],
    ['SECURITY_CONTACT', 'mailto:a@example.com\nExpires: never'],
    ['NATS_URL', 'http://a'],
    ['TASKS_NATS_URL', 'http://a'],
    ['NATS_URL', 'nats://a,b'],
    ['DATABASE_URL', 'mysql://a/b'],
    ['TASKS_DATABASE_URL', 'tasks'],
    ['TASKS_DATABASE_READ_URL', 'tasks'],
    ['SMTP_URL', 'mail.example.com'],
    ['MAIL_FROM', 'x@-bad-.com'],
    ['MAIL_FROM', 'aTES <.x@example.com>'],
    ['MAIL_FROM', 'aTES'],
    ['NAMESPACE', 'a.b'],
    ['NAMESPACE', 'A'],
    ['ADMIN_LOGIN', 'Admin'],
    ['ADMIN_BEAK', 'short'],
    ['ADMIN_BEAK', '🦜🦜🦜🦜'],
    ['ADMIN_BEAK', 'crooked\u200b'],
    ['KEY_SECRET', 'fifteen letters'],
    ['BUSINESS_TIME_ZONE', 'Mars/Olympus'],
    ['DAY_CLOSE_AT', '24:00'],
    ['FEE_RANGE', '20..10'],
    ['FEE_RANGE', '10-20'],
    ['REWARD_RANGE', '-1..4'],
    ['CURRENCY', 'usd'],
    ['LOCALE', 'english'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['STREAM_REPLICAS', '6'],
    ['OUTBOX_KEEP_DAYS', '0'],
    ['RETENTION_STREAMS_DAYS', '6'],
    ['RETENTION_DEAD_LETTERS_DAYS', '0.5'],
    ['RETENTION_AUDIT_DAYS', 'never'],
    ['RETENTION_MAILS_DAYS', '36501'],
    ['RETENTION_ASSIGNMENTS_DAYS', '-30'],
    ['DATABASE_POOL_SIZE', '1'],
    ['TRUSTED_PROXIES', 'proxy.local'],
    ['TRUSTED_PROXIES', '10.0.0.0/99'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', '*'],
    ['ALLOWED_HOSTS', 'https://ates.example.com'],
    ['ALLOWED_HOSTS', 'ates.example.com:3000'],
    ['ALLOWED_HOSTS', 'a b'],
    ['ALLOWED_HOSTS', 'user@host'],
    ['ALLOWED_HOSTS', 'host/path'],
    ['RATE_LIMIT', '0'],
    ['CONNECTION_LIMIT', '0'],
    ['CONNECTION_LIMIT_ADDRESS', 'all'],
    ['SSE_LIMIT_USER', '0'],
    ['CHECK_ANSWERS', 'yes'],
    ['TASK_QUOTA', '0'],
    ['TASK_QUOTA', '10000001'],
    ['SIGN_IN_LIMIT_ACCOUNT', 'many'],
    ['SIGN_IN_LIMIT_ADDRESS', '1.5'],
    ['TEST_BUDGET', '0'],
    ['TEST_BUDGET', '10m'],
    ['SIGN_IN_BUDGET_ACCOUNT', '0'],
    ['SIGN_IN_BUDGET_ADDRESS', '-1'],
    ['SESSION_LIMIT', '100001'],
  ])('%s=%s is refused with its name', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.variable).toBe(name);
    expect(error.message).toMatch(new RegExp(`^${name} is `));
  });

  it('reveals no secret', () => {
    expect(refusal({ DATABASE_URL: 'mysql://root:hush@db/a' }).message).not.toContain('hush');
    expect(refusal({ ADMIN_BEAK: 'hush' }).message).not.toContain('hush');
    expect(refusal({ KEY_SECRET: 'hush' }).message).not.toContain('hush');
  });
});

describe('the sampler of traces', () => {
  const samplerOf = (sampler: string, arg = '') =>
    readConfig({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg }).tracesSampler;

  it.each([
    ['always_on', '', { ratio: 1, isParentBased: false }],
    ['always_off', '', { ratio: 0, isParentBased: false }],
    ['traceidratio', '', { ratio: 1, isParentBased: false }],
    ['traceidratio', '0.1', { ratio: 0.1, isParentBased: false }],
    ['parentbased_always_off', '', { ratio: 0, isParentBased: true }],
    ['parentbased_traceidratio', '1', { ratio: 1, isParentBased: true }],
  ])('%s %s is %j', (sampler, arg, expected) => {
    expect(samplerOf(sampler, arg)).toEqual(expected);
  });

  it.each(['1.5', '-0.1', '1e-1', '.', 'half'])('refuses the ratio %s', (arg) => {
    const OTEL_TRACES_SAMPLER = 'traceidratio';
    const error = refusal({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: arg });
    expect(error.variable).toBe('OTEL_TRACES_SAMPLER_ARG');
  });
});

describe('the password of a refused URL', () => {
  it.each([
    'http://user:canary@host',
    'smtp://user:x/canary@host',
    'http://user:@canary@host',
    'smtp://user:x?canary#@host',
    'user:canary@host',
    'smtp:/user:canary@host',
    'canary',
    'http://host?password=canary',
  ])('B5: is not in the message (%s)', (url) => {
    expect(refusal({ SMTP_URL: url }).message).not.toContain('canary');
  });
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(`${tmpdir()}/config-test-`);
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileWith(content: string): string {
    const path = `${mkdtempSync(`${folder}/`)}/secret`;
    writeFileSync(path, content);
    return path;
  }

  it.each([
    ['DATABASE_URL', 'postgres://root:hush@db/postgres', { databaseUrl: 'postgres://root:hush@db/postgres' }],
    [
      'TASKS_DATABASE_URL',
      'postgres://t:hush@db/t',
      { serviceDatabaseUrls: { tasks: 'postgres://t:hush@db/t' } },
    ],
    ['AUDIT_DATABASE_READ_URL', 'postgres://r', { serviceDatabaseReadUrls: { audit: 'postgres://r' } }],
    ['NATS_URL', 'nats://u:hush@a,nats://b', { natsUrls: ['nats://u:hush@a', 'nats://b'] }],
    ['SMTP_URL', 'smtp://u:hush@mail', { smtpUrl: 'smtp://u:hush@mail' }],
    ['ADMIN_BEAK', ' crooked beak ', { adminBeak: ' crooked beak ' }],
    ['KEY_SECRET', 'sixteen letters!', { keySecret: 'sixteen letters!' }],
  ])('F19: %s is read from %s_FILE, without the line break at its end', (name, value, expected) => {
    for (const end of ['', '\n', '\r\n']) {
      expect(readConfig({ [`${name}_FILE`]: fileWith(`${value}${end}`), [name]: '' })).toMatchObject(
        expected,
      );
    }
  });

  it('F19: keeps all line breaks except one at its end', () => {
    // No beak has a line break.
    expect(() => readConfig({ ADMIN_BEAK_FILE: fileWith('crooked!\n\n') })).toThrow(ConfigError);
  });

  it('F19: is checked like the variable, without showing it', () => {
    const error = refusal({ DATABASE_URL_FILE: fileWith('mysql://root:hush@db/a') });
    expect(error.variable).toBe('DATABASE_URL');
    expect(error.message).not.toContain('hush');
  });

  it('F19: is refused beside the variable itself', () => {
    const both = { SMTP_URL: 'smtp://mail', SMTP_URL_FILE: fileWith('smtp://hush') };
    expect(refusal(both)).toMatchObject({
      variable: 'SMTP_URL_FILE',
      message: expect.stringMatching(/should be unset where SMTP_URL is set$/),
    });
  });

  it.each([
    ['is missing', () => `${folder}/none`],
    ['is a folder', () => folder],
    ['is empty', () => fileWith('')],
    ['holds a line break only', () => fileWith('\n')],
  ])('F19: is refused with the name of its variable if the file %s', (_, path) => {
    expect(refusal({ TASKS_DATABASE_URL_FILE: path() }).variable).toBe('TASKS_DATABASE_URL_FILE');
  });

  it('F19: cannot set a variable that holds no secret', () => {
    expect(readConfig({ PORT_FILE: fileWith('4000') }).port).toBe(3000);
  });

  it('F19: is overridden by a value that a launcher gives its child', () => {
    const environment = { PATH: '/bin', NATS_URL_FILE: '/n', ADMIN_BEAK_FILE: '/b' };
    expect(environmentWith(environment, { NATS_URL: 'nats://a' })).toEqual({
      PATH: '/bin',
      NATS_URL: 'nats://a',
      ADMIN_BEAK_FILE: '/b',
    });
  });
});

describe('a URL with a % that does not begin an escape', () => {
  it.each([
    ['DATABASE_URL', 'postgresql://u:s3cr%ZZ@h/db'],
    ['TASKS_DATABASE_URL', 'postgresql://u:x@h/db%'],
    ['NATS_URL', 'nats://u%:x@h:4222'],
    ['MAILER_NATS_URL', 'nats://u:x%2@h:4222'],
    ['SMTP_URL', 'smtp://u:s3cr%@h'],
  ])('F19: stops the start with the name of the variable, %s', (name, value) => {
    const message = `^${name} is "[^"]*", but should be a URL in which each % begins an escape`;
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(message));
    expect(() => readConfig({ [name]: value })).not.toThrow(/s3cr/);
  });
});

describe('the table of settings in the README', () => {
  it('G25: names every variable that is read, and no other', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const namesIn = (text: string) =>
      new Set([...text.matchAll(/`((?:<SERVICE>_)?[A-Z][A-Z_]+)`/g)].map(([, name]) => name));
    const documented = [...read('README.md').matchAll(/^\| (`[<A-Z].*?) \|/gm)].map(([, cell = '']) => cell);
    const variables = new Set<string | undefined>(variableNames());
    expect([...variables].filter((name) => !namesIn(documented.join(' ')).has(name))).toEqual([]);
    expect([...namesIn(documented.join(' '))].filter((name) => !variables.has(name))).toEqual([
      'OPERATOR_NATS_URL',
    ]);
  });
});
