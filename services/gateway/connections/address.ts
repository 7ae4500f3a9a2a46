/** The client's address: the socket's, or the one that a trusted proxy reports. Pure. */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Returns the client's address from the socket's address and the header `X-Forwarded-For`. */
export type AddressOf = (socketAddress: string | undefined, forwardedFor: string | undefined) => string;

/** A socket that closed meanwhile has no address. */
const UNKNOWN = 'unknown';
/** The longest part of the header that is read, in characters. Only its end counts. */
const MAX_HEADER = 1_000;

/** An IPv4 address mapped to IPv6 counts as IPv4, so that one machine has one address. */
function canonical(text: string): string {
  return text.startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text;
}

function parse(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/** An address or a CIDR range that the configuration has validated. */
function parseRange(text: string): Range {
  const [host = '', bits] = text.split('/');
  const address = ipaddr.process(host);
  return [address, Number(bits ?? (address.kind() === 'ipv4' ? 32 : 128))];
}

function matcher(ranges: readonly string[]): (address: Address) => boolean {
  const parsed = ranges.map(parseRange);
  return (address) =>
    parsed.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/** Returns a function that checks whether an address is a trusted proxy (address or CIDR range). */
export function proxyFinder(trustedProxies: readonly string[]): (socketAddress: string) => boolean {
  const isTrusted = matcher(trustedProxies);
  return (socketAddress) => {
    const address = parse(socketAddress);
    return address !== undefined && isTrusted(address);
  };
}

/**
 * With trusted proxies (addresses or CIDR ranges), the address is the rightmost one of
 * `X-Forwarded-For` that is no trusted proxy. The client may have written those to its left.
 * Without trusted proxies the header is ignored.
 */
export function addressFinder(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return (socketAddress = UNKNOWN) => canonical(socketAddress);
  const isTrusted = matcher(trustedProxies);
  return (socketAddress = UNKNOWN, forwardedFor = '') => {
    let known = canonical(socketAddress);
    const hops = forwardedFor.slice(-MAX_HEADER).split(',').reverse();
    for (const hop of [known, ...hops]) {
      const address = parse(hop.trim());
      // If a trusted proxy passed on an invalid address, that and all to its left is ignored.
      if (address === undefined) return known;
      known = address.toString();
      if (!isTrusted(address)) return known;
    }
    return known;
  };
}
