/**
 * The only reader of the environment. Every variable is checked when the process starts. A
 * malformed one stops the process with a `ConfigError` that names the variable, its value and the
 * expected value. A variable with a secret can also be read from a file: `<name>_FILE` is the
 * file's path.
 *
 * Settings that several parts share are declared here. Those of one service are in its
 * `settings.ts`.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { IANAZone } from 'luxon';
import { defaultIn, loadProducts, type Product } from './product.ts';
import {
  addressRange,
  authorities,
  ConfigError,
  certificate,
  type Environment,
  faultOfAuthorities,
  headerPairs,
  integer,
  isReadable,
  type ListenAddress,
  listenAddress,
  listOf,
  mailFrom,
  matching,
  optional,
  type Parse,
  perService,
  readValue,
  retentionDays,
  type Settings,
  setting,
  tracesSampler,
  urlOf,
  type ValuesOf,
} from './settings.ts';

/**
 * Options of libraries that connect to servers: the PostgreSQL driver, the logs of sequelize and
 * others, the loader of argon2, OpenTelemetry. Nothing checks them, and they are not settings of
 * this project.
 */
const OF_LIBRARIES =
  /^(?:PG[A-Z_]*|NODE_PG_\w*|DEBUG(?:_\w*)?|NAPI_RS_\w*|OTEL_(?!EXPORTER_OTLP_(?:ENDPOINT|HEADERS(?:_FILE)?)$|TRACES_SAMPLER(?:_ARG)?$)\w*)$/;

// Every process deletes them. A launcher cannot close its environment, because npm and downloads
// need theirs. Libraries read some options when they are loaded, so every script loads this file
// first.
for (const name of Object.keys(process.env)) if (OF_LIBRARIES.test(name)) delete process.env[name];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** More than a run takes on a quiet machine with two cores, in seconds. */
export const DEFAULT_TEST_BUDGET = 1_200;

const natsUrls = listOf(urlOf(['nats:', 'tls:']));

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * A mistyped `sslmode` would fall back to another mode, so it is checked, with the files it uses.
 */
const databaseUrl: Parse<string> = (value, refuse) => {
  const { searchParams } = new URL(urlOf(['postgres:', 'postgresql:'])(value, refuse));
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) {
    throw refuse(`a URL whose sslmode is one of ${SSL_MODES.join(', ')}`);
  }
  for (const file of ['sslcert', 'sslkey']) {
    const path = searchParams.get(file);
    if (path === null || isReadable(path)) continue;
    throw refuse(`a URL whose ${file} is a file that can be read`);
  }
  const root = searchParams.get('sslrootcert');
  const fault = root === null || root === 'system' ? null : faultOfAuthorities(root);
  if (fault !== null) throw refuse(`a URL whose sslrootcert is a file of certificates in PEM (${fault})`);
  return value;
};

const SHARED = {
  /** The gateway's TCP port; 0 lets the system choose one. */
  port: integer({ variable: 'PORT', default: 3000, min: 0, max: 65_535 }),
  /** The address the gateway listens on. */
  host: matching({
    variable: 'HOST',
    default: '127.0.0.1',
    pattern: /^[0-9A-Za-z.:-]+$/,
    expected: 'an address to listen on',
  }),
  /** With a certificate the gateway speaks only HTTPS; null: plain HTTP. */
  certificate: certificate('TLS'),
  /** Absolute path of the socket on which this node answers health checks (scripts/health.ts). */
  healthSocket: optional<string>('HEALTH_SOCKET', (path, refuse) => {
    if (!isAbsolute(path)) throw refuse('an absolute path');
    return path;
  }),
  /** Absolute path of the folder in which the embedded servers keep all data. */
  dataDir: setting<string>({
    variable: 'DATA_DIR',
    default: resolve('.data'),
    parse: (path) => resolve(path),
  }),
  /** An existing NATS (several URLs for a cluster); if empty, the launcher starts one. */
  natsUrls: setting<readonly string[]>({
    variable: 'NATS_URL',
    default: [],
    isSecret: true,
    parse: natsUrls,
  }),
  /**
   * By service (`operator` for the operators' commands): the same NATS, with a user that has only
   * the permissions of that service.
   */
  serviceNatsUrls: perService('_NATS_URL', natsUrls),
  /** CA certificates for NATS; if set, TLS is required. Null: those of Node. */
  natsCaFile: authorities('NATS_CA_FILE'),
  /** The client certificate for NATS; if set, TLS is required. */
  natsCertificate: certificate('NATS'),
  /** The nats-server binary for the launcher. */
  natsServerBin: optional<string>('NATS_SERVER_BIN', (path) => path),
  /** An existing PostgreSQL server, with a role that may create databases and roles. */
  databaseUrl: optional('DATABASE_URL', databaseUrl, { isSecret: true }),
  /** By service: the existing database of that service. */
  serviceDatabaseUrls: perService('_DATABASE_URL', databaseUrl),
  /** By service: its read replica. */
  serviceDatabaseReadUrls: perService('_DATABASE_READ_URL', databaseUrl),
  /**
   * An existing SMTP server. If the URL has credentials, TLS is required unless its query says
   * otherwise (`SmtpOptions`).
   */
  smtpUrl: optional('SMTP_URL', urlOf(['smtp:', 'smtps:']), { isSecret: true }),
  /** The sender of all mails; the default is the product's. */
  mailFrom,
  /**
   * Prefix of nodes, streams, subjects, buckets, databases, roles; the default is the product's.
   */
  namespace: matching({
    variable: 'NAMESPACE',
    default: ({ namespace }) => namespace,
    pattern: /^[a-z][a-z0-9_]{0,19}$/,
    expected: '1 to 20 lower-case letters, digits or _, a letter first',
  }),
  /** IANA name of the time zone of business days. */
  businessTimeZone: setting<string>({
    variable: 'BUSINESS_TIME_ZONE',
    default: 'UTC',
    parse(zone, refuse) {
      if (!IANAZone.isValidZone(zone)) throw refuse('an IANA time zone such as Europe/Berlin');
      return zone;
    },
  }),
  /** Wall-clock time `HH:MM` at which a business day ends; 00:00 is the midnight at its end. */
  dayCloseAt: matching({
    variable: 'DAY_CLOSE_AT',
    default: '00:00',
    pattern: /^([01]\d|2[0-3]):[0-5]\d$/,
    expected: 'a time such as 18:30',
  }),
  /** ISO 4217 code; the default is the product's. */
  currency: matching({
    variable: 'CURRENCY',
    default: ({ currency }) => currency,
    pattern: /^[A-Z]{3}$/,
    expected: 'an ISO 4217 code such as USD',
  }),
  logLevel: setting<LogLevel>({
    variable: 'LOG_LEVEL',
    default: 'info',
    parse(value, refuse) {
      const level = LOG_LEVELS.find((each) => each === value);
      if (level === undefined) throw refuse(`one of ${LOG_LEVELS.join(', ')}`);
      return level;
    },
  }),
  /** `text` for people, `json` for machines: one object a line. */
  logFormat: setting<LogFormat>({
    variable: 'LOG_FORMAT',
    default: 'text',
    parse(value, refuse) {
      const format = LOG_FORMATS.find((each) => each === value);
      if (format === undefined) throw refuse(`one of ${LOG_FORMATS.join(', ')}`);
      return format;
    },
  }),
  /**
   * Who may read the metrics at the gateway: this machine itself (`loopback`), or these addresses
   * and CIDR ranges. `off`: there are no metrics on any node.
   */
  metrics: setting<'off' | 'loopback' | readonly string[]>({
    variable: 'METRICS',
    default: 'loopback',
    parse(value, refuse) {
      if (value === 'off' || value === 'loopback') return value;
      const wanted = 'off, loopback, or addresses and CIDR ranges such as 10.0.0.0/8';
      const ranges = listOf(addressRange)(value, (_, part) => refuse(wanted, part));
      if (ranges.length === 0) throw refuse(wanted);
      return ranges;
    },
  }),
  /**
   * Where this node answers `/metrics`. Null: on a free port of this machine, which is noted in the
   * data folder.
   */
  metricsListen: optional<ListenAddress>('METRICS_LISTEN', listenAddress),
  /** The collector of traces (OTLP over HTTP), without `/v1/traces`. Null: traces are off. */
  otlpEndpoint: optional('OTEL_EXPORTER_OTLP_ENDPOINT', urlOf(['http:', 'https:'])),
  /** Headers for the collector, such as a key. */
  otlpHeaders: setting<Readonly<Record<string, string>>>({
    variable: 'OTEL_EXPORTER_OTLP_HEADERS',
    default: {},
    isSecret: true,
    parse: headerPairs,
  }),
  /** Which requests are recorded, where traces are on. */
  tracesSampler,
  /**
   * Minimum number of replicas of streams and buckets; null: the number stored in the cluster, or
   * 1.
   */
  streamReplicas: integer({ variable: 'STREAM_REPLICAS', default: null, min: 1, max: 5 }),
  /** Days that published outbox rows are kept. */
  outboxKeepDays: integer({ variable: 'OUTBOX_KEEP_DAYS', default: 7, min: 1, max: 3650 }),
  /** Days after which events may be archived and removed from streams; null: never. */
  retentionStreamsDays: retentionDays('RETENTION_STREAMS_DAYS'),
  /** As before, for settled dead letters of all services. */
  retentionDeadLettersDays: retentionDays('RETENTION_DEAD_LETTERS_DAYS'),
  /** Connections of each service's pool. */
  databasePoolSize: integer({ variable: 'DATABASE_POOL_SIZE', default: 5, min: 2, max: 100 }),
  /** Time limit of `npm test`, in seconds. */
  testBudget: integer({ variable: 'TEST_BUDGET', default: DEFAULT_TEST_BUDGET, min: 1, max: 86_400 }),
};

type SharedValues = ValuesOf<typeof SHARED>;

/**
 * All settings. Each `settings.ts` adds those of its service to this type. They have values only
 * where the service runs.
 */
export interface Config extends SharedValues {
  /**
   * The product to run: the name of a file in `products/`, or the path of another file. `PRODUCT`,
   * ates.
   */
  readonly product: Product;
}

const DEFAULT_PRODUCT = 'ates';
const PRODUCTS = await loadProducts(process.env.PRODUCT);
/** By the URLs of the services' folders. */
const OF_SERVICES = await loadSettings();

async function loadSettings(): Promise<ReadonlyMap<string, Settings>> {
  const folders = [...PRODUCTS.values()].flatMap(({ services }) => [...services.values()]);
  const loaded = folders.map(async (folder) => {
    return [folder.href, (await defaultIn<Settings>(folder, 'settings.ts')) ?? {}] as const;
  });
  return new Map(await Promise.all(loaded));
}

/** All settings of the product's processes, by the names in `Config`. */
function settingsOf({ services }: Product): Settings {
  const ofServices = [...services.values()].map(({ href }) => OF_SERVICES.get(href));
  return Object.assign({}, SHARED, ...ofServices);
}

/**
 * The variables that the default product reads. Names with `<SERVICE>_` stand for one variable per
 * service.
 */
export function variableNames(): string[] {
  return ['PRODUCT', ...Object.values(settingsOf(readProduct({}))).flatMap(({ variables }) => variables)];
}

const SECRETS = [SHARED, ...OF_SERVICES.values()]
  .flatMap((settings: Settings) => Object.values(settings))
  .flatMap(({ variables, isSecret = false }) => (isSecret ? variables : []));
const SECRET = new RegExp(`^(?:${SECRETS.join('|').replaceAll('<SERVICE>', '[A-Z][A-Z0-9_]*')})$`);

const FILE_SUFFIX = '_FILE';

/**
 * Returns the environment with the secrets from files: `<name>_FILE` sets the variable `<name>`.
 * One line break at the end of the file is ignored. Throws `ConfigError` when a variable is set
 * both ways, and when a file cannot be read or is empty; the message never has the content.
 */
function withSecretFiles(env: Environment): Environment {
  const resolved: Record<string, string | undefined> = { ...env };
  for (const variable of Object.keys(env)) {
    const name = secretOf(variable);
    const path = readValue(env, variable);
    if (name === null || path === undefined) continue;
    if (readValue(env, name) !== undefined)
      throw new ConfigError(variable, path, `unset where ${name} is set`);
    resolved[name] = readSecretFile(variable, path);
    delete resolved[variable];
  }
  return resolved;
}

/** The variable whose secret this variable names a file of; null for any other variable. */
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
 * The environment of a child process with other values for some variables. A value also replaces
 * the file that the environment names for it. Undefined removes the variable.
 */
export function environmentWith(env: Environment, values: Environment): Environment {
  const merged: Record<string, string | undefined> = { ...env, ...values };
  for (const name of Object.keys(values)) if (SECRET.test(name)) delete merged[`${name}${FILE_SUFFIX}`];
  return merged;
}

function readProduct(env: Environment): Product {
  const value = readValue(env, 'PRODUCT') ?? DEFAULT_PRODUCT;
  const product = PRODUCTS.get(value);
  if (product === undefined) {
    const names = [...PRODUCTS.keys()].join(', ');
    throw new ConfigError('PRODUCT', value, `${names}, or the path of a product's file`);
  }
  return product;
}

/** Reads and checks all variables; throws `ConfigError` for the first wrong one. */
export function readConfig(given: Environment): Config {
  const env = withSecretFiles(given);
  const product = readProduct(env);
  const values = Object.entries(settingsOf(product)).map(([name, one]) => [name, one.read(env, product)]);
  return { product, ...Object.fromEntries(values) };
}

/**
 * The configuration of this process, read at the first call. Tests pass their own configuration.
 */
export function processConfig(): Config {
  processWide ??= readConfig(process.env);
  return processWide;
}

let processWide: Config | undefined;

/** The variables that Node, its libraries and system programs read. */
const SYSTEM =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|NODE_[A-Z_]+|UV_[A-Z_]+|SSL_CERT_(?:FILE|DIR)|OPENSSL_CONF)$/;

/**
 * Reads the configuration of this process, then removes all variables except those of the system.
 * After this, frameworks and drivers (Moleculer's runner, pg) find no unchecked options there.
 * Throws as `processConfig` does, and then removes nothing.
 */
export function closeEnvironment(): void {
  processConfig();
  for (const name of Object.keys(process.env)) if (!SYSTEM.test(name)) delete process.env[name];
}
