import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { IdentityKnowledge } from './knowledge.ts';
import { drawSecret, hashSecret, REVOKED_SERVICE, serviceEntry, serviceToken } from './service-token.ts';
import { TokenVerifier } from './verifier.ts';

const NOW = Date.UTC(2030, 0, 1);
const EXPIRES_AT = NOW + 1_000;

let id: string;
let secret: string;
let knowledge: IdentityKnowledge;
let verifier: TokenVerifier;
let now: number;
let revision: number;

const entryOf = (fields: object = {}) => ({
  version: 1,
  name: 'Warehouse',
  roles: ['accountant'],
  expiresAt: EXPIRES_AT,
  secretHash: hashSecret(secret),
  ...fields,
});
/** An entry of the bucket, as the broker delivers it; undefined for a removed one. */
const deliver = (value: object | undefined) =>
  knowledge.apply({
    key: serviceEntry(id),
    value: value === undefined ? undefined : JSON.stringify(value),
    revision: ++revision,
  });
const outcome = (token = serviceToken(id, secret)) =>
  verifier.verify(token).then(
    () => 'accepted',
    (error: { type?: string }) => error.type,
  );

beforeEach(() => {
  [id, secret, now, revision] = [randomUUID(), drawSecret(), NOW, 0];
  knowledge = new IdentityKnowledge();
  verifier = new TokenVerifier(
    'tests',
    knowledge,
    async () => false,
    () => now,
  );
});

describe('the token of a service account', () => {
  beforeEach(() => deliver(entryOf()));

  it('names the account, with its roles', async () => {
    expect(await verifier.verify(serviceToken(id, secret))).toEqual({
      userId: id,
      login: '',
      name: 'Warehouse',
      roles: ['accountant'],
      sessionId: id,
      isService: true,
    });
  });

  it('expires', async () => {
    now = EXPIRES_AT;
    expect(await outcome()).toBe('token_expired');
  });

  it('is noted as used, once for each reading of the uses, and only if it is right', async () => {
    await outcome(serviceToken(id, drawSecret()));
    expect(verifier.takeUses()).toEqual({});
    await outcome();
    now += 5;
    await outcome();
    expect(verifier.takeUses()).toEqual({ [id]: NOW + 5 });
    expect(verifier.takeUses()).toEqual({});
  });

  it('is refused with another secret, another id or in another form', async () => {
    const tokens = [
      serviceToken(id, drawSecret()),
      serviceToken(randomUUID(), secret),
      serviceToken(id.toUpperCase(), secret),
      serviceToken(id, `${secret}x`),
      serviceToken(id, secret.slice(1)),
      `sat_${id}`,
      'sat_',
      `sat_toString.${secret}`,
    ];
    for (const token of tokens) expect(await outcome(token)).toBe('invalid_token');
  });

  it('stays refused once it was revoked, whatever the bucket says later', async () => {
    await knowledge.apply({ key: serviceEntry(id), value: JSON.stringify(REVOKED_SERVICE) });
    await deliver(entryOf());
    await deliver(undefined);
    await deliver(entryOf());
    expect(await outcome()).toBe('invalid_token');
  });

  it('is refused once its entry was removed, as one that the owner did not write is', async () => {
    await deliver(undefined);
    expect(await outcome()).toBe('invalid_token');
  });

  it('is refused where a reading of the whole bucket no longer has it', async () => {
    knowledge.beginReading('bucket');
    await deliver(entryOf());
    knowledge.endReading(revision);
    knowledge.beginReading('bucket');
    knowledge.endReading(revision);
    expect(await outcome()).toBe('invalid_token');
  });

  it("stays accepted where the bucket lost an entry that the owner's tables have", async () => {
    await knowledge.apply({ key: serviceEntry(id), value: JSON.stringify(entryOf()) });
    await deliver(undefined);
    expect(await outcome()).toBe('accepted');
  });
});

it.each([
  { secretHash: '' },
  { secretHash: null },
  { roles: 'admin' },
  { roles: [1] },
  { expiresAt: 'never' },
  { version: 2 },
  { name: null },
])('an entry with %j is no service account', async (fields) => {
  await deliver(entryOf(fields));
  expect(await outcome()).toBe('invalid_token');
});
