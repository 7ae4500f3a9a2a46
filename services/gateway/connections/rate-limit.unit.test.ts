import { describe, expect, it } from '@jest/globals';
import { RateLimit } from './rate-limit.ts';

describe('a limit of two a second', () => {
  it('accepts two requests of an address in a window, and two in the next', () => {
    const limit = new RateLimit(2);
    expect([0, 1, 999].map((now) => limit.take('192.0.2.1', now))).toEqual([true, true, false]);
    expect(limit.take('192.0.2.2', 999)).toBe(true);
    expect([1000, 1001, 1002].map((now) => limit.take('192.0.2.1', now))).toEqual([true, true, false]);
  });

  it('counts an IPv6 network as one', () => {
    const limit = new RateLimit(2);
    const addresses = ['2001:db8:1:2::1', '2001:db8:1:2:a:b:c:d', '2001:db8:1:2::3', '2001:db8:1:3::1'];
    expect(addresses.map((address) => limit.take(address, 0))).toEqual([true, true, false, true]);
    const shortened = ['2001:db8::a:1:1:1', '2001:db8::b:1:1:1', '2001:db8::c'];
    expect(shortened.map((address) => limit.take(address, 0))).toEqual([true, true, false]);
  });

  it('is bounded: too many addresses share one count', () => {
    const limit = new RateLimit(2);
    for (let index = 0; index < 50_000; index += 1) limit.take(`a${index}`, 0);
    expect(['b1', 'b2', 'b3'].map((address) => limit.take(address, 0))).toEqual([true, true, false]);
    expect(limit.take('a1', 0)).toBe(true);
    expect(limit.take('b3', 1000)).toBe(true);
  });
});
