import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { addressesOf } from './address.ts';
import { withClient } from './client.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';
import { serviceSecret } from './secrets.store.ts';

let test: TestDatabase;
const asOwner = (sql: string) =>
  withClient(addressesOf(test.config, 'things').owner, (client) => client.run(sql));

beforeAll(async () => {
  test = await openTestDatabase();
  await asOwner('CREATE TABLE secret (name text PRIMARY KEY, value bytea NOT NULL)');
  await asOwner('GRANT SELECT, INSERT ON secret TO PUBLIC');
});
afterAll(() => test.close());

const draw = (name: string) => test.database.inTransaction((tx) => serviceSecret(tx, name));

it('a secret of a service is drawn once, and then known without a read', async () => {
  const drawn = await draw('once');
  const rows = await test.database.rows<{ value: Buffer }>(`SELECT value FROM secret WHERE name = 'once'`);
  expect(rows).toEqual([{ value: drawn.export() }]);
  await asOwner('ALTER TABLE secret RENAME TO hidden');
  try {
    expect((await draw('once')).equals(drawn)).toBe(true);
  } finally {
    await asOwner('ALTER TABLE hidden RENAME TO secret');
  }
  expect((await draw('another')).equals(drawn)).toBe(false);
});

it('a secret whose transaction was rolled back is forgotten', async () => {
  let lost: Buffer | undefined;
  const failing = test.database.inTransaction(async (tx) => {
    lost = (await serviceSecret(tx, 'lost')).export();
    throw new Error('The transaction fails');
  });
  await expect(failing).rejects.toThrow('The transaction fails');
  const drawn = (await draw('lost')).export();
  expect(drawn).not.toEqual(lost);
  const rows = await test.database.rows(`SELECT value FROM secret WHERE name = 'lost'`);
  expect(rows).toEqual([{ value: drawn }]);
});
