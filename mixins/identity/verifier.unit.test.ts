import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import type { ErrorCode } from '#schemas/errors.ts';
import { keyEntry, RETIRED_KEY, sessionEntry, userEntry } from './access-token.ts';
import { createTestIssuer, type TestIssuer } from './issuer.fixture.ts';
import { IdentityKnowledge } from './knowledge.ts';
import { TokenVerifier } from './verifier.ts';

const NAMESPACE = 'tests';
const NOW = Date.UTC(2030, 0, 1);
const SECONDS = NOW / 1000;
const CLAIMS = {
  iss: NAMESPACE,
  aud: NAMESPACE,
  sub: 'b2a6f0f2-7d4c-4f0e-9d0a-0f2d6c1f7b11',
  sid: '0d9b4a52-34c6-4f8c-8a2d-2f3d0d0b8a11',
  ver: 3,
  login: 'polly',
  name: 'Polly',
  roles: ['developer'],
  jti: 'a',
  iat: SECONDS - 10,
  exp: SECONDS + 590,
};
const HEADER = { alg: 'EdDSA', typ: 'at+jwt' };

let issuer: TestIssuer;
let knowledge: IdentityKnowledge;
let verifier: TokenVerifier;
let now: number;
let isOwnerAway: boolean;

const put = (key: string, value: object) => knowledge.apply({ key, value: JSON.stringify(value) });
const sign = (claims: object = {}, header: object = {}, by: TestIssuer = issuer) =>
  new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ ...HEADER, kid: by.key.kid, ...header })
    .sign(by.key.privateKey);
const refusalOf = async (token: string) => {
  const error: unknown = await verifier.verify(token).catch((reason: unknown) => reason);
  return (error as { type?: ErrorCode }).type;
};

beforeEach(async () => {
  now = NOW;
  isOwnerAway = false;
  issuer = await createTestIssuer(NAMESPACE);
  knowledge = new IdentityKnowledge();
  verifier = new TokenVerifier(
    NAMESPACE,
    knowledge,
    async () => isOwnerAway,
    () => now,
  );
  await put(issuer.entry[0], issuer.publicJwk);
});

describe('a token of ours', () => {
  it('names the actor', async () => {
    expect(await verifier.verify(await sign())).toEqual({
      userId: CLAIMS.sub,
      login: 'polly',
      name: 'Polly',
      roles: ['developer'],
      sessionId: CLAIMS.sid,
    });
  });

  it('is valid while clocks differ by 5 seconds at most', async () => {
    const token = await sign();
    now = (CLAIMS.exp + 4) * 1000;
    await expect(verifier.verify(token)).resolves.toBeDefined();
    now = (CLAIMS.exp + 6) * 1000;
    expect(await refusalOf(token)).toBe('token_expired');
  });

  it('is valid if nothing is known of its user, and if its version is newer than the known one', async () => {
    await put(userEntry(CLAIMS.sub), { version: 2, active: true });
    await expect(verifier.verify(await sign())).resolves.toBeDefined();
  });
});

describe('a token that was verified before', () => {
  let token: string;

  beforeEach(async () => {
    token = await sign();
    await verifier.verify(token);
  });

  it('is stale as soon as a newer version of its user is known', async () => {
    await put(userEntry(CLAIMS.sub), { version: 4, active: true });
    expect(await refusalOf(token)).toBe('token_stale');
  });

  it('stays stale when an older version of its user comes later', async () => {
    await put(userEntry(CLAIMS.sub), { version: 4, active: true });
    await put(userEntry(CLAIMS.sub), { version: 3, active: true });
    expect(await refusalOf(token)).toBe('token_stale');
  });

  it('is stale as soon as its user is deactivated', async () => {
    await put(userEntry(CLAIMS.sub), { version: 3, active: false });
    expect(await refusalOf(token)).toBe('token_stale');
  });

  it('is stale as soon as its session is revoked, and tokens of other sessions are not', async () => {
    await put(sessionEntry(CLAIMS.sid), { revoked: true });
    expect(await refusalOf(token)).toBe('token_stale');
    await expect(verifier.verify(await sign({ sid: randomUUID() }))).resolves.toBeDefined();
  });

  it('is invalid as soon as its key is removed', async () => {
    await knowledge.apply({ key: issuer.entry[0], value: undefined });
    expect(await refusalOf(token)).toBe('invalid_token');
  });

  it('F17: is invalid once a foreign key under its key id is gone', async () => {
    const foreign = await createTestIssuer(NAMESPACE, issuer.key.kid);
    await put(foreign.entry[0], foreign.publicJwk);
    const forged = await sign({}, {}, foreign);
    await expect(verifier.verify(forged)).resolves.toBeDefined();
    expect(await refusalOf(token)).toBe('invalid_token');
    await put(issuer.entry[0], issuer.publicJwk);
    expect(await refusalOf(forged)).toBe('invalid_token');
    await expect(verifier.verify(token)).resolves.toBeDefined();
  });

  it('AUTH-4: is invalid as soon as its key is retired, also if the key comes back', async () => {
    await put(issuer.entry[0], RETIRED_KEY);
    expect(await refusalOf(token)).toBe('invalid_token');
    await put(issuer.entry[0], issuer.publicJwk);
    expect(await refusalOf(token)).toBe('invalid_token');
    expect(knowledge.publicKeys()).toEqual([]);
  });

  it('AUTH-4: is invalid even if its key is retired while the bucket is being read again', async () => {
    const reading = put(issuer.entry[0], issuer.publicJwk);
    await Promise.all([put(issuer.entry[0], RETIRED_KEY), reading]);
    expect(await refusalOf(token)).toBe('invalid_token');
  });
});

describe('a token that is not ours', () => {
  const unknown = 'unknown';
  const cases: Record<string, () => Promise<string>> = {
    'for another audience': () => sign({ aud: 'others' }),
    'of another issuer': () => sign({ iss: 'others' }),
    'without audience': () => sign({ aud: undefined }),
    'without issuer': () => sign({ iss: undefined }),
    'without expiry': () => sign({ exp: undefined }),
    'that lives longer than revocations are remembered': () => sign({ exp: CLAIMS.iat + 601 }),
    'from the future': () => sign({ nbf: SECONDS + 6 }),
    'issued in the future': () => sign({ iat: SECONDS + 6, exp: SECONDS + 606 }),
    'without type': () => sign({}, { typ: undefined }),
    'of another type': () => sign({}, { typ: 'JWT' }),
    'without a key id': () => sign({}, { kid: undefined }),
    'of an unknown key id': () => sign({}, { kid: unknown }),
    'with a session id that is no text': () => sign({ sid: 7 }),
    'without version': () => sign({ ver: undefined }),
    'with a version of 0': () => sign({ ver: 0 }),
    'with a version that is text': () => sign({ ver: '3' }),
    'with roles that are text': () => sign({ roles: 'admin' }),
    'with a role that is no text': () => sign({ roles: [1] }),
    'without subject': () => sign({ sub: undefined }),
    'of a foreign key': async () => sign({}, {}, await createTestIssuer(NAMESPACE)),
    'of a foreign key under our key id': async () =>
      sign({}, {}, await createTestIssuer(NAMESPACE, issuer.key.kid)),
    'with its own key in the header': async () => {
      const foreign = await createTestIssuer(NAMESPACE);
      return sign({}, { jwk: foreign.publicJwk, kid: issuer.key.kid }, foreign);
    },
    unsigned: async () => new UnsecuredJWT(CLAIMS).encode(),
    'with the algorithm none under our key id': async () => {
      const [, payload] = (await sign()).split('.');
      const header = Buffer.from(JSON.stringify({ ...HEADER, alg: 'none', kid: issuer.key.kid }));
      return `${header.toString('base64url')}.${payload}.`;
    },
    'signed with HS256 and our public key as the secret': async () => {
      const key = await importJWK(issuer.publicJwk, 'EdDSA', { extractable: true });
      const pem = new TextEncoder().encode(await exportSPKI(key as Parameters<typeof exportSPKI>[0]));
      return new SignJWT(CLAIMS)
        .setProtectedHeader({ ...HEADER, alg: 'HS256', kid: issuer.key.kid })
        .sign(pem);
    },
    'with the signature cut off': async () => (await sign()).split('.').slice(0, 2).join('.'),
    'with other claims under the signature': async () => {
      const [header, , signature] = (await sign()).split('.');
      const payload = Buffer.from(JSON.stringify({ ...CLAIMS, roles: ['admin'] })).toString('base64url');
      return `${header}.${payload}.${signature}`;
    },
    'that is a refresh token': async () => randomUUID(),
    'that is empty': async () => '',
    'that is longer than any': async () => `${await sign()}${'A'.repeat(9000)}`,
  };

  it.each(Object.keys(cases))('is refused: %s', async (name) => {
    const token = await cases[name]?.();
    expect(await refusalOf(token as string)).toBe('invalid_token');
    // The refused token left nothing in the cache: a valid one still passes, and this one is
    // refused again.
    await expect(verifier.verify(await sign())).resolves.toMatchObject({ roles: ['developer'] });
    expect(await refusalOf(token as string)).toBe('invalid_token');
  });

  it.each([[['a']], [{}], [null], [7]])('is refused: %j, as another node could send it', async (token) => {
    expect(await refusalOf(token as unknown as string)).toBe('invalid_token');
  });

  it('is refused: anything else', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((text) => btoa(encodeURI(text))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        expect(await refusalOf(parts.join('.'))).toBe('invalid_token');
      }),
      { numRuns: 300 },
    );
  });

  it('is refused as expired if nobody may use it any more', async () => {
    expect(await refusalOf(await sign({ iat: SECONDS - 700, exp: SECONDS - 100 }))).toBe('token_expired');
  });

  it('is refused as invalid, not as expired, if another key signed it', async () => {
    const foreign = await createTestIssuer(NAMESPACE, issuer.key.kid);
    expect(await refusalOf(await sign({ iat: SECONDS - 700, exp: SECONDS - 100 }, {}, foreign))).toBe(
      'invalid_token',
    );
  });
});

describe('entries of the bucket that are malformed', () => {
  it('are skipped, and known entries stay', async () => {
    await put(userEntry(CLAIMS.sub), { version: 4, active: true });
    for (const value of ['', 'null', '{}', '{"version":"9","active":true}', '{"version":9}']) {
      await knowledge.apply({ key: userEntry(CLAIMS.sub), value });
    }
    await knowledge.apply({ key: 'other', value: 'x' });
    expect(await refusalOf(await sign())).toBe('token_stale');
    expect(knowledge.isStale({ sub: CLAIMS.sub, sid: CLAIMS.sid, ver: 4 })).toBe(false);
  });

  it('never turn a private key or a secret into a verification key', async () => {
    await expect(put(keyEntry('secret'), { kty: 'oct', k: 'AAAA' })).rejects.toThrow();
    await expect(put(keyEntry('broken'), { kty: 'OKP' })).rejects.toThrow();
    expect(knowledge.keyOf('secret')).toBeUndefined();
  });
});

describe('an expired token while its owner is away', () => {
  const HOURS = 3_600_000;

  it('AUTH-7: is accepted for 12 hours, also by a node that never saw it, and no longer', async () => {
    const token = await sign();
    await verifier.verify(token);
    isOwnerAway = true;
    now = NOW + 12 * HOURS;
    for (const each of [token, await sign({ jti: 'b' })]) {
      await expect(verifier.verify(each)).resolves.toMatchObject({ userId: CLAIMS.sub });
    }
    now = (CLAIMS.exp + 5) * 1_000 + 12 * HOURS;
    for (const each of [token, await sign({ jti: 'c' })]) expect(await refusalOf(each)).toBe('token_expired');
  });

  it('AUTH-7: is refused again as soon as the owner is back', async () => {
    const token = await sign();
    now = NOW + HOURS;
    expect(await refusalOf(token)).toBe('token_expired');
    isOwnerAway = true;
    await expect(verifier.verify(token)).resolves.toBeDefined();
    isOwnerAway = false;
    expect(await refusalOf(token)).toBe('token_expired');
  });

  it('AUTH-7: is refused if its session was revoked, its user changed, or its key was retired', async () => {
    isOwnerAway = true;
    now = NOW + HOURS;
    const token = await sign();
    await put(sessionEntry(CLAIMS.sid), { revoked: true });
    expect(await refusalOf(token)).toBe('token_stale');
    const other = await sign({ sid: 'another' });
    await expect(verifier.verify(other)).resolves.toBeDefined();
    await put(userEntry(CLAIMS.sub), { version: CLAIMS.ver + 1, active: true });
    expect(await refusalOf(other)).toBe('token_stale');
    await put(keyEntry(issuer.key.kid), RETIRED_KEY);
    expect(await refusalOf(other)).toBe('invalid_token');
  });

  it('does not ask whether the owner is away for a token that is valid, or too old', async () => {
    let asked = 0;
    const counting = new TokenVerifier(
      NAMESPACE,
      knowledge,
      async () => {
        asked += 1;
        return true;
      },
      () => now,
    );
    await counting.verify(await sign());
    now = NOW + 13 * HOURS;
    await counting.verify(await sign()).catch(() => {});
    expect(asked).toBe(0);
  });
});
