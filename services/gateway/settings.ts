import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { mailboxFrom } from '#schemas/email-address.ts';
import {
  addressRange,
  ConfigError,
  integer,
  list,
  mailFrom,
  optional,
  type Parse,
  readValue,
  type Setting,
  setting,
  urlOf,
  type ValuesOf,
} from '../../settings.ts';

const securityContact: Setting<string> = {
  variables: ['SECURITY_CONTACT'],
  read(env, product) {
    const host = domainToASCII(mailboxFrom(mailFrom.read(env, product))?.address.split('@').at(-1) ?? '');
    const contact = readValue(env, 'SECURITY_CONTACT') ?? `mailto:security@${host}`;
    const url = URL.parse(contact);
    // The contact is part of a line of text, so characters outside ASCII must be encoded.
    if (url === null || !['mailto:', 'https:'].includes(url.protocol) || !/^[\x21-\x7e]+$/.test(contact)) {
      throw new ConfigError(
        'SECURITY_CONTACT',
        contact,
        'such as mailto:security@example.com or https://example.com/report',
      );
    }
    return contact;
  },
};

const origin: Parse<string> = (value, refuse) => {
  if (URL.parse(value)?.origin === value) return value;
  throw refuse('exact origins such as https://app.example.com');
};

/** A host name as browsers send it (lower case, punycode); an IPv6 address in brackets. */
const hostName: Parse<string> = (value, refuse) => {
  const host = ipaddr.IPv6.isValid(value) ? `[${value}]` : value;
  const url = URL.parse(`http://${host}/`);
  if (url === null || url.host !== url.hostname || url.href !== `http://${url.hostname}/`) {
    throw refuse('names or IP addresses without a port such as api.example.com');
  }
  return url.hostname;
};

const settings = {
  /**
   * Where to report vulnerabilities: `mailto:` or `https:`; the default is `security@` the host of
   * `MAIL_FROM`.
   */
  securityContact,
  /** The gateway's public URL, which it logs when the system is ready; null: it logs nothing. */
  publicUrl: optional('PUBLIC_URL', urlOf(['http:', 'https:'])),
  /** Proxies whose `X-Forwarded-For` is trusted: addresses or CIDR ranges. */
  trustedProxies: list('TRUSTED_PROXIES', addressRange),
  /** The exact origins that may call from a browser. */
  corsOrigins: list('CORS_ORIGINS', origin),
  /** Names and IP addresses under which clients may call the gateway, in addition to its own. */
  allowedHosts: list('ALLOWED_HOSTS', hostName),
  /** Requests a second per address. */
  rateLimit: integer({ variable: 'RATE_LIMIT', default: 5000, min: 1, max: 1_000_000 }),
  /** Concurrent connections to a gateway. */
  connectionLimit: integer({ variable: 'CONNECTION_LIMIT', default: 10_000, min: 1, max: 1_000_000 }),
  /** Concurrent connections of one address; trusted proxies are exempt. */
  connectionLimitAddress: integer({
    variable: 'CONNECTION_LIMIT_ADDRESS',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  }),
  /**
   * Whether each answer is compared with its contract. An answer that differs becomes a 500, and the
   * log names the fields. For tests.
   */
  checkAnswers: setting<boolean>({
    variable: 'CHECK_ANSWERS',
    default: false,
    parse(value, refuse) {
      if (value !== 'on' && value !== 'off') throw refuse('on or off');
      return value === 'on';
    },
  }),
  /** Concurrent event streams of one user at a gateway. */
  sseLimitUser: integer({ variable: 'SSE_LIMIT_USER', default: 10, min: 1, max: 1_000 }),
};

export default settings;

declare module '../../config.ts' {
  interface Config extends ValuesOf<typeof settings> {}
}
