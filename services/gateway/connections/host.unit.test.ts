import { describe, expect, it } from '@jest/globals';
import { hostCheck, hostOf, targetOf } from './host.ts';

describe('a host', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LocalHost:3000', 'localhost'],
    ['ates.example.com.', 'ates.example.com'],
    ['ates.example.com.:443', 'ates.example.com'],
    ['127.0.0.1:', '127.0.0.1'],
    ['[::1]:3000', '::1'],
    ['[2001:DB8:0:0::1]', '2001:db8::1'],
    ['[::ffff:192.0.2.1]', '192.0.2.1'],
    ['', ''],
    ['..', '.'],
  ])('E15: %j is %j', (authority, expected) => {
    expect(hostOf(authority)).toBe(expected);
  });

  it.each([
    'a b',
    'user@localhost',
    'localhost/',
    'localhost:80a',
    'a:1:2',
    '::1',
    '[::1',
    '[localhost]',
    '[]',
  ])('E15: %j is malformed', (authority) => {
    expect(hostOf(authority)).toBeUndefined();
  });
});

describe('a request target', () => {
  it.each([
    ['/a?b', '/a?b', undefined],
    ['//evil.example/a', '//evil.example/a', undefined],
    ['*', '*', undefined],
    ['http://a:1/b?c', '/b?c', 'a:1'],
    ['HTTPS://a', '/', 'a'],
    ['http://a?b', '/?b', 'a'],
    ['http://u@a/', '/', 'u@a'],
    ['http:///b', '/b', ''],
  ])('E15: %s is split', (url, path, authority) => {
    expect(targetOf(url)).toEqual({ url: path, authority });
  });
});

describe('the hosts of a gateway', () => {
  const config = {
    host: '192.0.2.5',
    publicUrl: 'https://Ates.Example.com:8443/app',
    allowedHosts: ['intern', '[2001:db8::1]', 'xn--bcher-kva.example'],
  };

  it.each([
    ['192.0.2.5', true],
    ['ates.example.com', true],
    ['intern', true],
    ['2001:db8::1', true],
    ['xn--bcher-kva.example', true],
    ['localhost', true],
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['evil.example', false],
    ['localhost.evil.example', false],
    ['evil-localhost', false],
    ['ates.example.com.evil.example', false],
    ['example.com', false],
    ['192.0.2.6', false],
    ['2001:db8::2', false],
    ['', false],
  ])('E15: %j: %s', (host, expected) => {
    expect(hostCheck(config)(host)).toBe(expected);
  });

  it.each(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])(
    'E15: are all addresses if it listens on %s, and no further names',
    (host) => {
      const isOwn = hostCheck({ ...config, host });
      expect(['198.51.100.7', '2001:db8:ffff::1', 'intern'].map(isOwn)).toEqual([true, true, true]);
      expect(['evil.example', '198.51.100.7.evil.example', ''].map(isOwn)).toEqual([false, false, false]);
    },
  );
});
