/**
 * The names under which the gateway may be called. Another site's page can resolve its own name to
 * this machine (DNS rebinding). The browser then treats it as our origin, and only the name reveals
 * it. Pure.
 */
import ipaddr from 'ipaddr.js';
import type { Config } from '../../../config.ts';

/** A normalised name or IP address: lower case, without brackets and without the trailing dot. */
type Host = string;

/** An IPv6 address in brackets or any text without delimiters, then an optional port. */
const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]\\]*))(?::\d*)?$/i;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

const canonicalAddress = (text: string): Host | undefined => {
  const isAddress = ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text).toString() : undefined;
};

/**
 * The host of a `Host` header or an authority, without the port; undefined when it is malformed.
 */
export function hostOf(authority: string): Host | undefined {
  const [, address, name] = AUTHORITY.exec(authority) ?? [];
  if (address !== undefined) return canonicalAddress(address);
  if (name === undefined) return undefined;
  const withoutDot = name.toLowerCase().replace(/\.$/, '');
  return canonicalAddress(withoutDot) ?? withoutDot;
}

/** The parsed request target. */
export interface Target {
  /** The path and the query. */
  readonly url: string;
  /** The authority of an absolute-form target, as in requests to a proxy. */
  readonly authority: string | undefined;
}

/** Parses the request target of RFC 9112, 3.2. */
export function targetOf(url: string): Target {
  const [, authority, rest = ''] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined) return { url, authority };
  return { url: rest.startsWith('/') ? rest : `/${rest}`, authority };
}

const isAddress = (host: Host) => canonicalAddress(host) !== undefined;
const isLoopback = (host: Host) =>
  host === 'localhost' || (isAddress(host) && ipaddr.process(host).range() === 'loopback');
const isWildcard = (listen: string) =>
  ipaddr.isValid(listen) && ipaddr.process(listen).range() === 'unspecified';

/**
 * Returns a check for the gateway's own hosts. When it listens on every address, any IP address is
 * its own.
 */
export function hostCheck({
  host: listen,
  publicUrl,
  allowedHosts,
}: Pick<Config, 'host' | 'publicUrl' | 'allowedHosts'>): (host: Host) => boolean {
  const configured = publicUrl === null ? allowedHosts : [...allowedHosts, new URL(publicUrl).hostname];
  const own = new Set([...configured.map(hostOf), canonicalAddress(listen) ?? listen.toLowerCase()]);
  const anyAddress = isWildcard(listen);
  return (host) => own.has(host) || isLoopback(host) || (anyAddress && isAddress(host));
}
