import { describe, expect, it } from '@jest/globals';
import { networkOf } from './network.ts';

describe('the network of an address', () => {
  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:db8:0:1:a:b:c:d', '2001:db8:0:1::/64'],
    ['2001:DB8::1', '2001:db8::/64'],
    ['2001:db8:0:0:a::', '2001:db8::/64'],
    ['2001:0db8::a:b:c:d', '2001:db8::/64'],
    ['2001::3:4:5:6:7:8', '2001:0:3:4::/64'],
    ['::1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
