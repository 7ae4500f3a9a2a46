/** Who is calling: the socket's address, unless a proxy that we trust says otherwise. Pure. */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Finds a request's address from the socket's and the header `X-Forwarded-For`. */
export type AddressOf = (socketAddress: string | undefined, forwardedFor: string | undefined) => string;

/** A socket that closed meanwhile has no address. */
const UNKNOWN = 'unknown';
/** Longest header that is looked at, in characters; more is a flood, and its end is what counts. */
const MAX_HEADER = 1_000;

/** IPv4 within IPv6 counts as IPv4, so that one machine has one address. */
function canonical(text: string): string {
  return text.startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text;
}

function parse(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/** An address or a CIDR range, as the configuration has checked it. */
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

/** Tells which sockets' addresses are those of trusted proxies (addresses or CIDR ranges). */
export function proxyFinder(trustedProxies: readonly string[]): (socketAddress: string) => boolean {
  const isTrusted = matcher(trustedProxies);
  return (socketAddress) => {
    const address = parse(socketAddress);
    return address !== undefined && isTrusted(address);
  };
}

/**
 * With trusted proxies (addresses or CIDR ranges), the address is the rightmost of `X-Forwarded-For` that is not one of
 * them: what stands left of it was written by the client. Without, the header counts for nothing.
 */
export function addressFinder(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return (socketAddress = UNKNOWN) => canonical(socketAddress);
  const isTrusted = matcher(trustedProxies);
  return (socketAddress = UNKNOWN, forwardedFor = '') => {
    let known = canonical(socketAddress);
    const hops = forwardedFor.slice(-MAX_HEADER).split(',').reverse();
    for (const hop of [known, ...hops]) {
      const address = parse(hop.trim());
      // What a trusted proxy could not read counts for nothing, nor does all to its left.
      if (address === undefined) return known;
      known = address.toString();
      if (!isTrusted(address)) return known;
    }
    return known;
  };
}
