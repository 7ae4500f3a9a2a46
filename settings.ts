/**
 * The building blocks of settings. A service declares its own in `services/<name>/settings.ts`.
 * config.ts declares the shared ones and reads all of them.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import ipaddr from 'ipaddr.js';
import type { Sampler } from './mixins/tracing/sampling.ts';
import type { Product } from './product.ts';
import { mailboxFrom } from './schemas/email-address.ts';
import { messageOf } from './schemas/text.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A malformed variable of the environment. The message starts with its name. Messages reach logs,
 * so it must have no secret.
 */
export class ConfigError extends Error {
  readonly variable: string;

  constructor(variable: string, value: string, expected: string) {
    super(`${variable} is ${JSON.stringify(value)}, but should be ${expected}`);
    this.name = 'ConfigError';
    this.variable = variable;
  }
}

export interface Setting<Value> {
  /** The variables that are read. `<SERVICE>` in a name stands for each service's own variable. */
  readonly variables: readonly string[];
  /** Whether the value is a secret: `<variable>_FILE` may then name a file with the value. */
  readonly isSecret?: boolean;
  /** Throws `ConfigError` for a malformed value. */
  read(env: Environment, product: Product): Value;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

export type ValuesOf<Declared extends Settings> = {
  readonly [Name in keyof Declared]: ReturnType<Declared[Name]['read']>;
};

/** Makes the error for a malformed value, or for a part of it. */
export type Refuse = (expected: string, part?: string) => ConfigError;
/** Parses a value; throws the result of `refuse` when it is malformed. */
export type Parse<Value> = (value: string, refuse: Refuse) => Value;

/** An empty variable counts as unset: compose files write `NAME=` for "none". */
export function readValue(env: Environment, variable: string): string | undefined {
  const value = env[variable];
  return value === '' ? undefined : value;
}

/** The scheme of a URL. The rest may be a password, especially when the URL is malformed. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

function parsed<Value>(variable: string, value: string, parse: Parse<Value>, isSecret: boolean): Value {
  const shown = (text: string) => (isSecret ? `${SCHEME.exec(text)?.[0] ?? ''}***` : text);
  return parse(value, (expected, part = value) => new ConfigError(variable, shown(part), expected));
}

/** A setting with one variable of any form. */
export function setting<Value, Default = Value>(declared: {
  readonly variable: string;
  readonly default: Default;
  readonly isSecret?: boolean;
  readonly parse: Parse<Value>;
}): Setting<Value | Default> {
  const { variable, parse, isSecret = false } = declared;
  return {
    variables: [variable],
    isSecret,
    read(env) {
      const value = readValue(env, variable);
      return value === undefined ? declared.default : parsed(variable, value, parse, isSecret);
    },
  };
}

/** A setting without a default: null when the variable is not set. */
export function optional<Value>(
  variable: string,
  parse: Parse<Value>,
  { isSecret = false } = {},
): Setting<Value | null> {
  return setting<Value, null>({ variable, default: null, isSecret, parse });
}

export function integer<Default extends number | null>(declared: {
  readonly variable: string;
  readonly default: Default;
  readonly min: number;
  readonly max: number;
}): Setting<number | Default> {
  const { min, max } = declared;
  return setting<number, Default>({
    ...declared,
    parse(value, refuse) {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < min || number > max) {
        throw refuse(`a whole number from ${min} to ${max}`);
      }
      return number;
    },
  });
}

/**
 * Days after which history may be archived and removed; null: never. A week at least: retention is
 * for history, and a backup of the last days must fit what is left.
 */
export function retentionDays(variable: string): Setting<number | null> {
  return integer({ variable, default: null, min: 7, max: 36_500 });
}

/** Text that matches a pattern. The default, which may be the product's, must match, too. */
export function matching(declared: {
  readonly variable: string;
  readonly default: string | ((product: Product) => string);
  readonly pattern: RegExp;
  readonly expected: string;
}): Setting<string> {
  const { variable, default: fallback, pattern, expected } = declared;
  return {
    variables: [variable],
    read(env, product) {
      const value = readValue(env, variable) ?? (typeof fallback === 'string' ? fallback : fallback(product));
      if (!pattern.test(value)) throw new ConfigError(variable, value, expected);
      return value;
    },
  };
}

/**
 * A comma-separated list; empty when the variable is not set. `refuse` shows the malformed item.
 */
export function list<Item>(variable: string, parseItem: Parse<Item>): Setting<readonly Item[]> {
  return setting<readonly Item[]>({ variable, default: [], parse: listOf(parseItem) });
}

export function listOf<Item>(parseItem: Parse<Item>): Parse<readonly Item[]> {
  return (value, refuse) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => parseItem(item, (expected) => refuse(expected, item)));
}

/** The values of `<SERVICE><suffix>`, by service. */
export function perService<Value>(
  suffix: string,
  parse: Parse<Value>,
): Setting<Readonly<Record<string, Value>>> {
  return {
    variables: [`<SERVICE>${suffix}`],
    isSecret: true,
    read(env) {
      const values: Record<string, Value> = {};
      for (const name of Object.keys(env)) {
        const service = name.endsWith(suffix) ? name.slice(0, -suffix.length) : '';
        const value = readValue(env, name);
        if (service === '' || value === undefined) continue;
        values[service.toLowerCase().replaceAll('_', '-')] = parsed(name, value, parse, true);
      }
      return values;
    },
  };
}

export function urlOf(protocols: readonly string[]): Parse<string> {
  const expected = `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return (value, refuse) => {
    const url = URL.parse(value);
    if (url === null || !protocols.includes(url.protocol) || url.hostname === '') throw refuse(expected);
    if (![url.username, url.password, url.pathname].every(isDecodable)) {
      throw refuse('a URL in which each % begins an escape, such as %25');
    }
    return value;
  };
}

/** An address, or a range of addresses in CIDR notation. */
export const addressRange: Parse<string> = (value, refuse) => {
  if (ipaddr.isValid(value) || ipaddr.isValidCIDR(value)) return value;
  throw refuse('addresses or CIDR ranges such as 10.0.0.0/8');
};

/** Where a server listens. Port 0 lets the system choose one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65_535;

/** `<address>:<port>`; an IPv6 address is in brackets. */
export const listenAddress: Parse<ListenAddress> = (value, refuse) => {
  const [, v6, v4, port = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = v6 ?? v4 ?? '';
  if (
    (v6 === undefined ? ipaddr.IPv4.isValidFourPartDecimal(host) : ipaddr.IPv6.isValid(host)) &&
    Number(port) <= MAX_PORT
  ) {
    return { host, port: Number(port) };
  }
  throw refuse('an IP address with a port such as 127.0.0.1:9464 or [::1]:9464');
};

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

export function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The path of a readable file; null when the variable is not set. */
function filePath(variable: string): Setting<string | null> {
  return optional(variable, (path, refuse) => {
    if (!isReadable(path)) throw refuse('the path of a file that can be read');
    return path;
  });
}

const PEM_CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\s\S]*?(?:-----END \1-----|$)/g;

/**
 * Why a file has no valid CA certificates; null if it has. OpenSSL would silently ignore an invalid
 * one.
 */
export function faultOfAuthorities(path: string): string | null {
  try {
    const certificates = readFileSync(path, 'latin1').match(PEM_CERTIFICATE) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    return certificates.length === 0 ? 'it holds none' : null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The path of a file with PEM certificates; null when the variable is not set. */
export function authorities(variable: string): Setting<string | null> {
  return optional(variable, (path, refuse) => {
    const fault = faultOfAuthorities(path);
    if (fault !== null) throw refuse(`the path of a file of certificates in PEM (${fault})`);
    return path;
  });
}

/** Paths of PEM files: a certificate with its intermediate certificates, and its private key. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** `<prefix>_CERT_FILE` and `<prefix>_KEY_FILE`: both, as a matching pair, or neither. */
export function certificate(prefix: string): Setting<CertificateFiles | null> {
  const [certName, keyName] = [`${prefix}_CERT_FILE`, `${prefix}_KEY_FILE`];
  const [cert, key] = [filePath(certName), filePath(keyName)];
  return {
    variables: [certName, keyName],
    read(env, product) {
      const [certFile, keyFile] = [cert.read(env, product), key.read(env, product)];
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
    },
  };
}

/** The sender of all mails: an address, or a name with the address in angle brackets. */
export const mailFrom: Setting<string> = {
  variables: ['MAIL_FROM'],
  read(env, { title, sender }) {
    const value = readValue(env, 'MAIL_FROM') ?? `${title} <${sender}>`;
    if (mailboxFrom(value) === undefined) {
      throw new ConfigError('MAIL_FROM', value, `an address such as ${title} <no-reply@example.com>`);
    }
    return value;
  },
};

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;

/** `name=value` pairs, comma-separated; values may be percent-encoded, as OpenTelemetry says. */
export const headerPairs: Parse<Readonly<Record<string, string>>> = (value, refuse) =>
  Object.fromEntries(
    listOf((pair, refusePair) => {
      const [, name = '', encoded = ''] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      const isForm = HEADER_NAME.test(name.trim()) && isDecodable(encoded);
      const decoded = isForm ? decodeURIComponent(encoded.trim()) : '';
      if (isForm && HEADER_VALUE.test(decoded)) return [name.trim(), decoded] as const;
      throw refusePair('pairs such as api-key=value, separated by commas');
    })(value, refuse),
  );

const PARENT_BASED = 'parentbased_';
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const;
const BY_RATIO = 'traceidratio';
/** Decimal fractions; JavaScript would also take `1e-1` and a blank. */
const RATIO = /^(?:0|1)?(?:\.\d+)?$/;

/** Names and defaults are those of OpenTelemetry. */
export const tracesSampler: Setting<Sampler> = {
  variables: ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
  read(env) {
    const [variable = '', ofRatio = ''] = this.variables;
    const value = readValue(env, variable) ?? `${PARENT_BASED}always_on`;
    const isParentBased = value.startsWith(PARENT_BASED);
    const base = isParentBased ? value.slice(PARENT_BASED.length) : value;
    const kind = SAMPLERS.find((each) => each === base);
    if (kind === undefined) {
      throw new ConfigError(
        variable,
        value,
        `${SAMPLERS.join(', ')}, each also with ${PARENT_BASED} before it`,
      );
    }
    const arg = readValue(env, ofRatio);
    if (kind !== BY_RATIO) {
      const expected = `unset, or ${variable} one of ${BY_RATIO}, ${PARENT_BASED}${BY_RATIO}`;
      if (arg !== undefined) throw new ConfigError(ofRatio, arg, expected);
      return { ratio: kind === 'always_on' ? 1 : 0, isParentBased };
    }
    const ratio = Number(arg ?? 1);
    if (arg !== undefined && !(RATIO.test(arg) && ratio <= 1)) {
      throw new ConfigError(ofRatio, arg, 'a number from 0 to 1 such as 0.1');
    }
    return { ratio, isParentBased };
  },
};
