/** Whom a limit by address counts as one. Pure. */
import ipaddr from 'ipaddr.js';

/**
 * Bits of an IPv6 address that name a network, whose owner may take another one of its addresses
 * for each request.
 */
const NETWORK_BITS = 64;

/**
 * Of an IPv6 address its network: `2001:db8:0:1::/64`. IPv4 within IPv6 counts as IPv4. Any other
 * text stands for itself.
 */
export function networkOf(address: string): string {
  const [withoutZone = ''] = address.split('%');
  if (!ipaddr.IPv6.isValid(withoutZone)) return address;
  const parsed = ipaddr.process(withoutZone);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = `${withoutZone}/${NETWORK_BITS}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(network)}/${NETWORK_BITS}`;
}
