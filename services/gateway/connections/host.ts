/**
 * Under which names the gateway may be called. A page of another site can have its own name resolve to this machine (DNS rebinding):
 * to the browser it then has our origin, and only the name gives it away. Pure.
 */
import ipaddr from 'ipaddr.js';
import type { Config } from '../../../config.ts';

/** A name or an IP address in one form: lower case, without brackets and without the dot at the end. */
type Host = string;

/** An IPv6 address in brackets or anything without delimiters, then maybe a port. */
const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]\\]*))(?::\d*)?$/i;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

const canonicalAddress = (text: string): Host | undefined => {
  const isAddress = ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text).toString() : undefined;
};

/** The host of a `Host` header or of an authority, whatever the port; undefined where it is malformed. */
export function hostOf(authority: string): Host | undefined {
  const [, address, name] = AUTHORITY.exec(authority) ?? [];
  if (address !== undefined) return canonicalAddress(address);
  if (name === undefined) return undefined;
  const withoutDot = name.toLowerCase().replace(/\.$/, '');
  return canonicalAddress(withoutDot) ?? withoutDot;
}

/** What a request asks for. */
export interface Target {
  /** The path and the query. */
  readonly url: string;
  /** What a request in absolute form names beside its `Host` header, as in requests to a proxy. */
  readonly authority: string | undefined;
}

/** Splits the request target of RFC 9112, 3.2. */
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

/** Tells the gateway's own hosts from foreign ones. A gateway that listens on every address has any address for its own. */
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
