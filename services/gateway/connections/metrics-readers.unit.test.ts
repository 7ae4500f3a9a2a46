import { describe, expect, it } from '@jest/globals';
import { metricsReaders } from './metrics-readers.ts';

const request = (address: string, headers = {}) => ({ socketAddress: address, address, headers });

describe('SYS-3: the metrics at the gateway', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])(
    'are for this machine with loopback (%s)',
    (address) => {
      expect(metricsReaders('loopback')(request(address))).toBe(true);
    },
  );

  it.each(['10.0.0.1', '192.0.2.1', '2001:db8::1', '::ffff:10.0.0.1', 'unknown', ''])(
    'are for nobody else with loopback (%s)',
    (address) => {
      expect(metricsReaders('loopback')(request(address))).toBe(false);
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'via'])('are not for clients of a proxy here (%s)', (name) => {
    const headers = { [name]: '127.0.0.1' };
    expect(metricsReaders('loopback')(request('127.0.0.1', headers))).toBe(false);
  });

  it('are for the addresses of the setting, as trusted proxies report them', () => {
    const mayRead = metricsReaders(['10.1.0.0/16', '2001:db8::7']);
    expect(mayRead({ socketAddress: '127.0.0.1', address: '10.1.2.3', headers: {} })).toBe(true);
    expect(mayRead(request('2001:db8::7'))).toBe(true);
    expect(mayRead({ socketAddress: '10.1.2.3', address: '203.0.113.9', headers: {} })).toBe(false);
    expect(mayRead(request('127.0.0.1'))).toBe(false);
  });

  it('are for nobody with off', () => {
    expect(metricsReaders('off')(request('127.0.0.1'))).toBe(false);
  });
});
