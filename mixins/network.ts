/** Whom a limit by address counts as one. Pure. */

const IPV6_GROUPS = 8;
/** The first groups name the network (a /64), whose owner may take another one of its addresses for each request. */
const NETWORK_GROUPS = 4;

/** Of an IPv6 address, as sockets spell them, its network: `2001:db8:0:1::/64`. Any other address stands for itself. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const end = tail === '' ? [] : tail.split(':');
    // What `::` stands for.
    groups.push(...Array<string>(Math.max(0, IPV6_GROUPS - groups.length - end.length)).fill('0'), ...end);
  }
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
