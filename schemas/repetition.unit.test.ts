import { describe, expect, it } from '@jest/globals';
import { isRepeatable, retryOf } from './repetition.ts';

describe('a request with an unknown outcome', () => {
  it.each([
    ['GET /toys', 'signed-in', 'without a key', false, true],
    ['GET /meta', 'anyone', 'without a key', false, true],
    ['POST /toys', 'signed-in', 'with its key', true, true],
    ['POST /toys', ['manager'], 'with its key', true, true],
    ['POST /toys', 'signed-in', 'without a key', false, false],
    ['POST /doors', 'anyone', 'with a key that nobody reads', true, false],
    ['PATCH /toys/:id', 'signed-in', 'without a key', false, false],
    ['DELETE /toys/:id', 'signed-in', 'without a key', false, false],
  ] as const)('C7: %s (%s) %s (%s) is repeated by nodes: %s', (route, access, _, hasKey, expected) => {
    expect(isRepeatable({ route, access }, hasKey)).toBe(expected);
  });

  it('C7: an action without a route is not repeated, even under the key of the request', () => {
    expect(isRepeatable({}, true)).toBe(false);
  });

  it('C7: may be repeated by the client with its key, or as it is where there are no keys', () => {
    expect(retryOf({ route: 'POST /toys', access: 'signed-in' })).toBe('same_idempotency_key');
    expect(retryOf({ route: 'POST /doors', access: 'anyone' })).toBe('same_request');
    expect(retryOf({ route: 'DELETE /toys/:id', access: 'signed-in' })).toBe('same_request');
  });
});
