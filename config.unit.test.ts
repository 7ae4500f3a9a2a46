import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.ts';

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
      databaseUrl: null,
      namespace: 'ates',
      adminLogin: 'admin',
      adminBeak: null,
      businessTimeZone: 'UTC',
      dayCloseAt: '00:00',
      feeRange: { min: 10, max: 20 },
      rewardRange: { min: 20, max: 40 },
      currency: 'USD',
      locale: 'en',
      logLevel: 'info',
      rateLimit: 5000,
    });
    expect(readConfig({}).dataDir).toMatch(/^\/.*\.data$/);
  });
});

describe('a full environment', () => {
  it('is read', () => {
    const config = readConfig({
      NATS_URL: 'nats://a:4222, nats://b:4222',
      DATABASE_URL: 'postgres://root:secret@db/postgres',
      TASKS_DATABASE_URL: 'postgres://tasks@db/tasks',
      ACCOUNTING_DATABASE_READ_URL: 'postgres://replica/accounting',
      FEE_RANGE: '5..5',
      BUSINESS_TIME_ZONE: 'Europe/Berlin',
      DAY_CLOSE_AT: '18:30',
      TRUSTED_PROXIES: '10.0.0.0/8,2001:db8::/32,192.0.2.1',
      CORS_ORIGINS: 'https://app.example.com',
      PUBLIC_URL: 'https://ates.example.com',
      HEALTH_SOCKET: '/run/health.sock',
    });
    expect(config).toMatchObject({
      natsUrls: ['nats://a:4222', 'nats://b:4222'],
      serviceDatabaseUrls: { tasks: 'postgres://tasks@db/tasks' },
      serviceDatabaseReadUrls: { accounting: 'postgres://replica/accounting' },
      feeRange: { min: 5, max: 5 },
      dayCloseAt: '18:30',
      trustedProxies: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1'],
      corsOrigins: ['https://app.example.com'],
      publicUrl: 'https://ates.example.com',
      healthSocket: '/run/health.sock',
    });
  });

  it('takes an empty variable as none', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', TASKS_DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      databaseUrl: null,
      serviceDatabaseUrls: {},
    });
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
    ['NATS_URL', 'http://a'],
    ['NATS_URL', 'nats://a,b'],
    ['DATABASE_URL', 'mysql://a/b'],
    ['TASKS_DATABASE_URL', 'tasks'],
    ['TASKS_DATABASE_READ_URL', 'tasks'],
    ['SMTP_URL', 'mail.example.com'],
    ['NAMESPACE', 'a.b'],
    ['NAMESPACE', 'A'],
    ['ADMIN_LOGIN', 'Admin'],
    ['ADMIN_BEAK', 'short'],
    ['BUSINESS_TIME_ZONE', 'Mars/Olympus'],
    ['DAY_CLOSE_AT', '24:00'],
    ['FEE_RANGE', '20..10'],
    ['FEE_RANGE', '10-20'],
    ['REWARD_RANGE', '-1..4'],
    ['CURRENCY', 'usd'],
    ['LOCALE', 'english'],
    ['LOG_LEVEL', 'loud'],
    ['STREAM_REPLICAS', '6'],
    ['OUTBOX_KEEP_DAYS', '0'],
    ['DATABASE_POOL_SIZE', '1'],
    ['TRUSTED_PROXIES', 'proxy.local'],
    ['TRUSTED_PROXIES', '10.0.0.0/99'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', '*'],
    ['RATE_LIMIT', '0'],
    ['SIGN_IN_LIMIT_ACCOUNT', 'many'],
    ['SIGN_IN_LIMIT_ADDRESS', '1.5'],
  ])('%s=%s is refused by its name', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.variable).toBe(name);
    expect(error.message).toMatch(new RegExp(`^${name} is `));
  });

  it('does not tell secrets', () => {
    expect(refusal({ DATABASE_URL: 'mysql://root:hush@db/a' }).message).not.toContain('hush');
    expect(refusal({ ADMIN_BEAK: 'hush' }).message).not.toContain('hush');
  });
});
