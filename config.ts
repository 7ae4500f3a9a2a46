/**
 * The only reader of the environment. Every variable is checked when the process starts; a malformed one
 * stops it with a `ConfigError` that names the variable, what it holds and what it should hold.
 * A variable that holds a secret can also be read from a file: `<name>_FILE` is the file's path.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { IANAZone } from 'luxon';
import { loadProducts, type Product } from './product.ts';
import { lengthOf, opaqueForm } from './schemas/characters.ts';
import { mailboxFrom } from './schemas/email-address.ts';
import { faultOfBeak, MAX_BEAK_LENGTH, MIN_BEAK_LENGTH } from './schemas/fields/auth.ts';
import { messageOf } from './schemas/text.ts';

/**
 * Options of libraries that connect to servers: of the PostgreSQL driver, of the log of sequelize
 * and others, of the loader of argon2. They are unchecked, and no settings of ours.
 */
const OF_LIBRARIES = /^(?:PG[A-Z_]*|NODE_PG_\w*|DEBUG(?:_\w*)?|NAPI_RS_\w*)$/;

// In every process, also a launcher's, which cannot close its environment: npm and downloads need
// theirs. Some options are read when their library is loaded, so every script loads this file
// first.
for (const name of Object.keys(process.env)) if (OF_LIBRARIES.test(name)) delete process.env[name];

/** The variables that hold a secret. `<name>_FILE` may name a file that holds the value instead. */
const SECRET =
  /^(?:(?:[A-Z][A-Z0-9_]*_)?(?:DATABASE_URL|DATABASE_READ_URL|NATS_URL)|SMTP_URL|ADMIN_BEAK|KEY_SECRET)$/;
/** The scheme of a URL; what follows may be a password, above all where the URL is malformed. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** A variable of the environment is malformed. The message starts with its name. It holds no secret, as messages reach logs. */
export class ConfigError extends Error {
  readonly variable: string;

  constructor(variable: string, value: string, expected: string) {
    const isSecret = SECRET.test(variable) && value !== '';
    const shown = isSecret ? `${SCHEME.exec(value)?.[0] ?? ''}***` : value;
    super(`${variable} is ${JSON.stringify(shown)}, but should be ${expected}`);
    this.name = 'ConfigError';
    this.variable = variable;
  }
}

/** An inclusive range of whole units of the currency; `0 ≤ min ≤ max`. */
export interface UnitRange {
  readonly min: number;
  readonly max: number;
}

/** Paths of PEM files: a certificate with those between it and its authority, and its private key. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  /** What runs: the name of a file in `products/`, or the path of another one. `PRODUCT`, ates. */
  readonly product: Product;
  /** The gateway's TCP port, 0..65535; 0 lets the system choose one. `PORT`, 3000. */
  readonly port: number;
  /** The address the gateway listens on. `HOST`, 127.0.0.1. */
  readonly host: string;
  /** With it the gateway speaks HTTPS only. `TLS_CERT_FILE` and `TLS_KEY_FILE`, none: plain HTTP. */
  readonly certificate: CertificateFiles | null;
  /** Where people may report a weakness: `mailto:` or `https:`. `SECURITY_CONTACT`, `mailto:security@` the host of `MAIL_FROM`. */
  readonly securityContact: string;
  /** Where people reach the gateway; it tells so in its log when the system is ready. `PUBLIC_URL`, none: it says nothing. */
  readonly publicUrl: string | null;
  /** Absolute path of the socket where this node answers health checks (scripts/health.ts). `HEALTH_SOCKET`, none. */
  readonly healthSocket: string | null;
  /** Absolute path of the folder that the embedded servers keep everything in. `DATA_DIR`, `.data`. */
  readonly dataDir: string;
  /** URLs of an existing NATS (several for a cluster); empty: the launcher starts one. `NATS_URL`. */
  readonly natsUrls: readonly string[];
  /** `<SERVICE>_NATS_URL` by service (`operator`: the operators' commands): the same NATS, as a user with the rights of that service only. */
  readonly serviceNatsUrls: Readonly<Record<string, readonly string[]>>;
  /** Certificates of the authorities that NATS is believed by; set, TLS is required. Null: those of Node. `NATS_CA_FILE`. */
  readonly natsCaFile: string | null;
  /** Our certificate for NATS; set, TLS is required. `NATS_CERT_FILE` and `NATS_KEY_FILE`, none. */
  readonly natsCertificate: CertificateFiles | null;
  /** A fixed nats-server binary for the launcher. `NATS_SERVER_BIN`. */
  readonly natsServerBin: string | null;
  /** An existing PostgreSQL server, as a role that may create databases and roles. `DATABASE_URL`. */
  readonly databaseUrl: string | null;
  /** `<SERVICE>_DATABASE_URL` by service: that service's own database, already made. */
  readonly serviceDatabaseUrls: Readonly<Record<string, string>>;
  /** `<SERVICE>_DATABASE_READ_URL` by service: its read replica. */
  readonly serviceDatabaseReadUrls: Readonly<Record<string, string>>;
  /** An existing SMTP server. With credentials in it, TLS is required unless its query says otherwise (`SmtpOptions`). `SMTP_URL`. */
  readonly smtpUrl: string | null;
  /** Certificates of the authorities that the SMTP server is believed by; null: those of Node. `SMTP_CA_FILE`. */
  readonly smtpCaFile: string | null;
  /**
   * Sender of all mails: an address, or a name with the address in angle brackets. `MAIL_FROM`, the
   * product's.
   */
  readonly mailFrom: string;
  /** Prefix of nodes, streams, subjects, buckets, databases, roles. `NAMESPACE`, the product's. */
  readonly namespace: string;
  /** Login of the first admin. `ADMIN_LOGIN`, admin. */
  readonly adminLogin: string;
  /** Beak of the first admin, in the form of RFC 8265; null: drawn, and printed once. `ADMIN_BEAK`. */
  readonly adminBeak: string | null;
  /** What auth's signing keys are sealed under, 16 to 200 characters; null: auth's database keeps one. `KEY_SECRET`. */
  readonly keySecret: string | null;
  /** IANA name of the zone in which business days live. `BUSINESS_TIME_ZONE`, UTC. */
  readonly businessTimeZone: string;
  /** Wall-clock time `HH:MM` at which a business day ends; 00:00 is the midnight that ends it. `DAY_CLOSE_AT`. */
  readonly dayCloseAt: string;
  /** Fees, in whole units (ACC-1). `FEE_RANGE`, 10..20. */
  readonly feeRange: UnitRange;
  /** Rewards, in whole units (ACC-1). `REWARD_RANGE`, 20..40. */
  readonly rewardRange: UnitRange;
  /** ISO 4217 code. `CURRENCY`, the product's. */
  readonly currency: string;
  /** Language of mails for who has chosen none. `LOCALE`, en. */
  readonly locale: string;
  /** `LOG_LEVEL`, info. */
  readonly logLevel: LogLevel;
  /** Least replicas of streams and buckets, 1..5. `STREAM_REPLICAS`, none: what the cluster keeps, and 1 where it keeps no number. */
  readonly streamReplicas: number | null;
  /** Days that published outbox rows are kept, 1..3650. `OUTBOX_KEEP_DAYS`, 7. */
  readonly outboxKeepDays: number;
  /** Connections of each service's pool, 2..100. `DATABASE_POOL_SIZE`, 5. */
  readonly databasePoolSize: number;
  /** Proxies whose `X-Forwarded-For` is believed: addresses or CIDR ranges. `TRUSTED_PROXIES`, none. */
  readonly trustedProxies: readonly string[];
  /** Origins that may call from a browser, exactly. `CORS_ORIGINS`, none. */
  readonly corsOrigins: readonly string[];
  /** Names and IP addresses under which clients may call the gateway, beside those it has anyway. `ALLOWED_HOSTS`, none. */
  readonly allowedHosts: readonly string[];
  /** Requests a second for an address, 1..1,000,000. `RATE_LIMIT`, 5000. */
  readonly rateLimit: number;
  /** Connections to a gateway at once, 1..1,000,000. `CONNECTION_LIMIT`, 10,000. */
  readonly connectionLimit: number;
  /** Of them those of one address, 1..1,000,000; trusted proxies are exempt. `CONNECTION_LIMIT_ADDRESS`, 1,000. */
  readonly connectionLimitAddress: number;
  /** Connections for server-sent events of one user to a gateway, 1..1,000. `SSE_LIMIT_USER`, 10. */
  readonly sseLimitUser: number;
  /** Tasks that a user creates a minute on a node of tasks, 1..10,000,000. `TASK_QUOTA`, 120. */
  readonly taskQuota: number;
  /**
   * Refused sign-ins a minute for an account, 1..1,000,000; ten times as many an hour. Each network from which it signs in has this
   * budget, and all others together. `SIGN_IN_LIMIT_ACCOUNT`, 10.
   */
  readonly signInLimitAccount: number;
  /** Refused sign-ins a minute for an address, 1..1,000,000. `SIGN_IN_LIMIT_ADDRESS`, 100. */
  readonly signInLimitAddress: number;
  /** Seconds that a whole run of `npm test` may take, 1..86,400. `TEST_BUDGET`, `DEFAULT_TEST_BUDGET`. */
  readonly testBudget: number;
  /** Successful sign-ins a minute for an account, 1..1,000,000. `SIGN_IN_BUDGET_ACCOUNT`, 30. */
  readonly signInBudgetAccount: number;
  /** Successful sign-ins a minute for an address, 1..1,000,000. `SIGN_IN_BUDGET_ADDRESS`, 600. */
  readonly signInBudgetAddress: number;
  /** Open sessions of an account, 1..100,000; a further sign-in ends the least recently used one. `SESSION_LIMIT`, 100. */
  readonly sessionLimit: number;
}

/** Twice what a run takes on a quiet machine with two cores, in seconds. */
export const DEFAULT_TEST_BUDGET = 700;

const DEFAULT_PRODUCT = 'ates';
const PRODUCTS = await loadProducts(process.env.PRODUCT);

type Environment = Readonly<Record<string, string | undefined>>;

const FILE_SUFFIX = '_FILE';

/**
 * The environment with each secret that `<name>_FILE` names in the place of that variable. One line break at
 * the end of the file is no part of the secret. Throws `ConfigError` for a variable that is set both ways, and
 * for a file that cannot be read or is empty; the message never holds the content.
 */
function withSecretFiles(env: Environment): Environment {
  const resolved: Record<string, string | undefined> = { ...env };
  for (const variable of Object.keys(env)) {
    const name = secretOf(variable);
    const path = read(env, variable);
    if (name === null || path === undefined) continue;
    if (read(env, name) !== undefined) throw new ConfigError(variable, path, `unset where ${name} is set`);
    resolved[name] = readSecretFile(variable, path);
    delete resolved[variable];
  }
  return resolved;
}

/** The secret that a variable names the file of; null for any other variable. */
function secretOf(variable: string): string | null {
  const name = variable.endsWith(FILE_SUFFIX) ? variable.slice(0, -FILE_SUFFIX.length) : '';
  return SECRET.test(name) ? name : null;
}

function readSecretFile(variable: string, path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigError(variable, path, `the path of a file that can be read (${reason})`);
  }
  const secret = content.replace(/\r?\n$/, '');
  if (secret === '') throw new ConfigError(variable, path, 'the path of a file that is not empty');
  return secret;
}

/**
 * The environment of a child process with other values for some variables. A given value also replaces the
 * file that the environment names for it; undefined removes the variable.
 */
export function environmentWith(env: Environment, values: Environment): Environment {
  const merged: Record<string, string | undefined> = { ...env, ...values };
  for (const name of Object.keys(values)) if (SECRET.test(name)) delete merged[`${name}${FILE_SUFFIX}`];
  return merged;
}

/** An empty variable counts as unset, as compose files write `NAME=` for "none". */
function read(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function readMatching(
  env: Environment,
  name: string,
  fallback: string,
  pattern: RegExp,
  expected: string,
): string {
  const value = read(env, name) ?? fallback;
  if (!pattern.test(value)) throw new ConfigError(name, value, expected);
  return value;
}

function readInteger(env: Environment, name: string, fallback: number, min: number, max: number): number {
  const value = read(env, name);
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new ConfigError(name, value, `a whole number from ${min} to ${max}`);
  }
  return number;
}

function readUrl(name: string, value: string, protocols: readonly string[]): string {
  const expected = `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  const url = URL.parse(value);
  if (url === null || !protocols.includes(url.protocol) || url.hostname === '') {
    throw new ConfigError(name, value, expected);
  }
  if (![url.username, url.password, url.pathname].every(isDecodable)) {
    throw new ConfigError(name, value, 'a URL in which each % begins an escape, such as %25');
  }
  return value;
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** The URL of a PostgreSQL. A mistyped `sslmode` must not pass for another one, so it is checked, with the files it uses. */
function readDatabaseUrl(name: string, value: string): string {
  const { searchParams } = new URL(readUrl(name, value, POSTGRES));
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) {
    throw new ConfigError(name, value, `a URL whose sslmode is one of ${SSL_MODES.join(', ')}`);
  }
  for (const file of ['sslrootcert', 'sslcert', 'sslkey']) {
    const path = searchParams.get(file);
    if (path === null || path === 'system' || isReadable(path)) continue;
    throw new ConfigError(name, value, `a URL whose ${file} is a file that can be read`);
  }
  return value;
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function readRange(env: Environment, name: string, fallback: UnitRange): UnitRange {
  const value = read(env, name);
  if (value === undefined) return fallback;
  const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(value);
  const range = { min: Number(match?.[1]), max: Number(match?.[2]) };
  if (match === null || range.min > range.max) {
    throw new ConfigError(name, value, 'two whole numbers such as 10..20, the smaller one first');
  }
  return range;
}

function readList(env: Environment, name: string): readonly string[] {
  return (read(env, name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readAbsolutePath(env: Environment, name: string): string | null {
  const value = read(env, name) ?? null;
  if (value !== null && !isAbsolute(value)) throw new ConfigError(name, value, 'an absolute path');
  return value;
}

/** The path of a file that can be read; null where the variable is not set. */
function readFilePath(env: Environment, name: string): string | null {
  const path = read(env, name) ?? null;
  if (path !== null && !isReadable(path))
    throw new ConfigError(name, path, 'the path of a file that can be read');
  return path;
}

/** `<prefix>_CERT_FILE` and `<prefix>_KEY_FILE`: both, of one pair, or none. */
function readCertificate(env: Environment, prefix: string): CertificateFiles | null {
  const [certName, keyName] = [`${prefix}_CERT_FILE`, `${prefix}_KEY_FILE`];
  const [certFile, keyFile] = [readFilePath(env, certName), readFilePath(env, keyName)];
  if (certFile === null && keyFile === null) return null;
  if (certFile === null) throw new ConfigError(certName, '', `set, as ${keyName} is`);
  if (keyFile === null) throw new ConfigError(keyName, '', `set, as ${certName} is`);
  try {
    createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  } catch (error) {
    throw new ConfigError(
      certName,
      certFile,
      `a certificate in PEM that belongs to the key in ${keyName} (${messageOf(error)})`,
    );
  }
  return { certFile, keyFile };
}

function readSecurityContact(env: Environment, mailFrom: string): string {
  const host = domainToASCII(mailboxFrom(mailFrom)?.address.split('@').at(-1) ?? '');
  const contact = read(env, 'SECURITY_CONTACT') ?? `mailto:security@${host}`;
  const url = URL.parse(contact);
  // It is a line of a text: whatever is not ASCII must be encoded.
  if (url === null || !['mailto:', 'https:'].includes(url.protocol) || !/^[\x21-\x7e]+$/.test(contact)) {
    throw new ConfigError(
      'SECURITY_CONTACT',
      contact,
      'such as mailto:security@example.com or https://example.com/report',
    );
  }
  return contact;
}

const POSTGRES = ['postgres:', 'postgresql:'];

/** What `<SERVICE><suffix>` holds, by service. */
function readServices<Value>(
  env: Environment,
  suffix: string,
  readOne: (name: string, value: string) => Value,
): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const name of Object.keys(env)) {
    const service = name.endsWith(suffix) ? name.slice(0, -suffix.length) : '';
    const value = read(env, name);
    if (service === '' || value === undefined) continue;
    values[service.toLowerCase().replaceAll('_', '-')] = readOne(name, value);
  }
  return values;
}

function readServiceUrls(env: Environment, suffix: string): Readonly<Record<string, string>> {
  return readServices(env, suffix, readDatabaseUrl);
}

function readNatsUrls(env: Environment, name: string): readonly string[] {
  return readList(env, name).map((url) => readUrl(name, url, ['nats:', 'tls:']));
}

function readAddressRange(value: string): string {
  if (!ipaddr.isValid(value) && !ipaddr.isValidCIDR(value)) {
    throw new ConfigError('TRUSTED_PROXIES', value, 'addresses or CIDR ranges such as 10.0.0.0/8');
  }
  return value;
}

function readOrigin(value: string): string {
  const url = URL.parse(value);
  if (url === null || url.origin !== value) {
    throw new ConfigError('CORS_ORIGINS', value, 'exact origins such as https://app.example.com');
  }
  return value;
}

function readProduct(env: Environment): Product {
  const value = read(env, 'PRODUCT') ?? DEFAULT_PRODUCT;
  const product = PRODUCTS.get(value);
  if (product === undefined) {
    const names = [...PRODUCTS.keys()].join(', ');
    throw new ConfigError('PRODUCT', value, `${names}, or the path of a product's file`);
  }
  return product;
}

function readMailFrom(env: Environment, { title, sender }: Product): string {
  const value = read(env, 'MAIL_FROM') ?? `${title} <${sender}>`;
  if (mailboxFrom(value) === undefined) {
    throw new ConfigError('MAIL_FROM', value, `an address such as ${title} <no-reply@example.com>`);
  }
  return value;
}

/** In its normal form, as beaks are compared. */
function readBeak(env: Environment, name: string): string | null {
  const value = read(env, name);
  if (value === undefined) return null;
  const beak = opaqueForm(value);
  const fault = faultOfBeak(beak);
  if (fault !== null) {
    const expected = `a secret of ${MIN_BEAK_LENGTH} to ${MAX_BEAK_LENGTH} characters`;
    throw new ConfigError(name, value, `${expected}: it ${fault.message}`);
  }
  return beak;
}

/** A name as browsers send it (lower case, punycode), an IPv6 address in brackets. */
function readHost(value: string): string {
  const host = ipaddr.IPv6.isValid(value) ? `[${value}]` : value;
  const url = URL.parse(`http://${host}/`);
  if (url === null || url.host !== url.hostname || url.href !== `http://${url.hostname}/`) {
    throw new ConfigError(
      'ALLOWED_HOSTS',
      value,
      'names or IP addresses without a port such as api.example.com',
    );
  }
  return url.hostname;
}

/** Reads and checks everything; throws `ConfigError` for the first variable that is wrong. */
export function readConfig(given: Environment): Config {
  const env = withSecretFiles(given);
  const databaseUrl = read(env, 'DATABASE_URL');
  const smtpUrl = read(env, 'SMTP_URL');
  const publicUrl = read(env, 'PUBLIC_URL');
  const logLevel = read(env, 'LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel as LogLevel)) {
    throw new ConfigError('LOG_LEVEL', logLevel, `one of ${LOG_LEVELS.join(', ')}`);
  }
  const businessTimeZone = read(env, 'BUSINESS_TIME_ZONE') ?? 'UTC';
  if (!IANAZone.isValidZone(businessTimeZone)) {
    throw new ConfigError('BUSINESS_TIME_ZONE', businessTimeZone, 'an IANA time zone such as Europe/Berlin');
  }
  const product = readProduct(env);
  const mailFrom = readMailFrom(env, product);
  const keySecret = read(env, 'KEY_SECRET') ?? null;
  if (keySecret !== null && (lengthOf(keySecret) < 16 || lengthOf(keySecret) > 200)) {
    throw new ConfigError('KEY_SECRET', keySecret, 'a secret of 16 to 200 characters');
  }
  return {
    product,
    port: readInteger(env, 'PORT', 3000, 0, 65_535),
    host: readMatching(env, 'HOST', '127.0.0.1', /^[0-9A-Za-z.:-]+$/, 'an address to listen on'),
    certificate: readCertificate(env, 'TLS'),
    securityContact: readSecurityContact(env, mailFrom),
    publicUrl: publicUrl === undefined ? null : readUrl('PUBLIC_URL', publicUrl, ['http:', 'https:']),
    healthSocket: readAbsolutePath(env, 'HEALTH_SOCKET'),
    dataDir: resolve(read(env, 'DATA_DIR') ?? '.data'),
    natsUrls: readNatsUrls(env, 'NATS_URL'),
    serviceNatsUrls: readServices(env, '_NATS_URL', (name) => readNatsUrls(env, name)),
    natsCaFile: readFilePath(env, 'NATS_CA_FILE'),
    natsCertificate: readCertificate(env, 'NATS'),
    natsServerBin: read(env, 'NATS_SERVER_BIN') ?? null,
    databaseUrl: databaseUrl === undefined ? null : readDatabaseUrl('DATABASE_URL', databaseUrl),
    serviceDatabaseUrls: readServiceUrls(env, '_DATABASE_URL'),
    serviceDatabaseReadUrls: readServiceUrls(env, '_DATABASE_READ_URL'),
    smtpUrl: smtpUrl === undefined ? null : readUrl('SMTP_URL', smtpUrl, ['smtp:', 'smtps:']),
    smtpCaFile: readFilePath(env, 'SMTP_CA_FILE'),
    mailFrom,
    namespace: readMatching(
      env,
      'NAMESPACE',
      product.namespace,
      /^[a-z][a-z0-9_]{0,19}$/,
      '1 to 20 lower-case letters, digits or _, a letter first',
    ),
    adminLogin: readMatching(
      env,
      'ADMIN_LOGIN',
      'admin',
      /^[a-z0-9][a-z0-9._-]{0,62}$/,
      '1 to 63 lower-case letters, digits, dots, dashes or underscores',
    ),
    adminBeak: readBeak(env, 'ADMIN_BEAK'),
    keySecret,
    businessTimeZone,
    dayCloseAt: readMatching(
      env,
      'DAY_CLOSE_AT',
      '00:00',
      /^([01]\d|2[0-3]):[0-5]\d$/,
      'a time such as 18:30',
    ),
    feeRange: readRange(env, 'FEE_RANGE', { min: 10, max: 20 }),
    rewardRange: readRange(env, 'REWARD_RANGE', { min: 20, max: 40 }),
    currency: readMatching(env, 'CURRENCY', product.currency, /^[A-Z]{3}$/, 'an ISO 4217 code such as USD'),
    locale: readMatching(env, 'LOCALE', 'en', /^[a-z]{2}$/, 'a language such as en'),
    logLevel: logLevel as LogLevel,
    streamReplicas:
      read(env, 'STREAM_REPLICAS') === undefined ? null : readInteger(env, 'STREAM_REPLICAS', 1, 1, 5),
    outboxKeepDays: readInteger(env, 'OUTBOX_KEEP_DAYS', 7, 1, 3650),
    databasePoolSize: readInteger(env, 'DATABASE_POOL_SIZE', 5, 2, 100),
    trustedProxies: readList(env, 'TRUSTED_PROXIES').map(readAddressRange),
    corsOrigins: readList(env, 'CORS_ORIGINS').map(readOrigin),
    allowedHosts: readList(env, 'ALLOWED_HOSTS').map(readHost),
    rateLimit: readInteger(env, 'RATE_LIMIT', 5000, 1, 1_000_000),
    connectionLimit: readInteger(env, 'CONNECTION_LIMIT', 10_000, 1, 1_000_000),
    connectionLimitAddress: readInteger(env, 'CONNECTION_LIMIT_ADDRESS', 1_000, 1, 1_000_000),
    sseLimitUser: readInteger(env, 'SSE_LIMIT_USER', 10, 1, 1_000),
    taskQuota: readInteger(env, 'TASK_QUOTA', 120, 1, 10_000_000),
    signInLimitAccount: readInteger(env, 'SIGN_IN_LIMIT_ACCOUNT', 10, 1, 1_000_000),
    signInLimitAddress: readInteger(env, 'SIGN_IN_LIMIT_ADDRESS', 100, 1, 1_000_000),
    testBudget: readInteger(env, 'TEST_BUDGET', DEFAULT_TEST_BUDGET, 1, 86_400),
    signInBudgetAccount: readInteger(env, 'SIGN_IN_BUDGET_ACCOUNT', 30, 1, 1_000_000),
    signInBudgetAddress: readInteger(env, 'SIGN_IN_BUDGET_ADDRESS', 600, 1, 1_000_000),
    sessionLimit: readInteger(env, 'SESSION_LIMIT', 100, 1, 100_000),
  };
}

/** The configuration of this process, read when first asked for (tests pass their own to what they test). */
export function processConfig(): Config {
  processWide ??= readConfig(process.env);
  return processWide;
}

let processWide: Config | undefined;

/** What Node, its libraries and the programs of the system read. */
const SYSTEM =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|NODE_[A-Z_]+|UV_[A-Z_]+|SSL_CERT_(?:FILE|DIR)|OPENSSL_CONF)$/;

/**
 * Reads the configuration of this process, then removes all variables but those of the system. Frameworks
 * and drivers (Moleculer's runner, pg) take options from the environment, unchecked: from here on they find none.
 * Throws as `processConfig` does, and then removes nothing.
 */
export function closeEnvironment(): void {
  processConfig();
  for (const name of Object.keys(process.env)) if (!SYSTEM.test(name)) delete process.env[name];
}
