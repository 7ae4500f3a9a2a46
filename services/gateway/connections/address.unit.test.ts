import { describe, expect, it } from '@jest/globals';
import { addressFinder } from './address.ts';

describe('without trusted proxies', () => {
  const addressOf = addressFinder([]);

  it('the address is that of the socket, with any header', () => {
    expect(addressOf('192.0.2.1', '203.0.113.7')).toBe('192.0.2.1');
    expect(addressOf('::ffff:192.0.2.1', undefined)).toBe('192.0.2.1');
    expect(addressOf(undefined, undefined)).toBe('unknown');
  });
});

describe('with trusted proxies', () => {
  const addressOf = addressFinder(['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);

  it.each<[string, string | undefined, string, string]>([
    ['198.51.100.1', '203.0.113.7', '198.51.100.1', 'a socket that is none of them speaks for itself'],
    ['10.1.2.3', '203.0.113.7', '203.0.113.7', 'a proxy is believed'],
    ['::ffff:10.1.2.3', '203.0.113.7', '203.0.113.7', 'also as IPv4 within IPv6'],
    ['192.0.2.1', '203.0.113.7, 10.0.0.1', '203.0.113.7', 'proxies in a row are skipped'],
    ['10.1.2.3', '1.2.3.4, 203.0.113.7', '203.0.113.7', 'what the client wrote itself does not count'],
    ['10.1.2.3', '1.2.3.4, nonsense', '10.1.2.3', 'nor what cannot be read, nor all left of it'],
    ['10.1.2.3', '10.0.0.9, 10.0.0.8', '10.0.0.9', 'where all are proxies the first one is the client'],
    ['10.1.2.3', undefined, '10.1.2.3', 'without the header the proxy is the client'],
    ['2001:db8::1', '2001:0DB9:0::5', '2001:db9::5', 'IPv6 has one spelling'],
  ])('%s with "%s" is %s: %s', (socket, header, expected) => {
    expect(addressOf(socket, header)).toBe(expected);
  });
});
