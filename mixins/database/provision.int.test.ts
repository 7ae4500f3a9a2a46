import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { addressesOf, type ServiceAddresses } from './address.ts';
import { withClient } from './client.ts';
import { sqlStateOf } from './errors.ts';
import { migrate, migrateDown, UnknownMigrationError } from './migrate.ts';
import { FIXTURE_MIGRATIONS } from './open.fixture.ts';
import { provision } from './provision.ts';

const config = testConfig();
const addresses = addressesOf(config, 'things');
const options = {
  owner: addresses.owner,
  runtimeRole: addresses.runtime.user,
  service: 'things',
  migrations: FIXTURE_MIGRATIONS,
};

beforeAll(async () => {
  await Promise.all(Array.from({ length: 4 }, () => provision(addresses)));
  await Promise.all(Array.from({ length: 4 }, () => migrate(options)));
});
afterAll(() => dropNamespace(config));

const asRuntime = (sql: string, as: ServiceAddresses = addresses) =>
  withClient(as.runtime, (client) => client.rows(sql));

const stateOf = (work: Promise<unknown>) => work.then(() => 'fine', sqlStateOf);

describe('a server that several nodes provision at the same time', () => {
  it('has the database and both roles, and stays so when they do it again', async () => {
    const [before] = await withClient(addresses.admin, (client) =>
      client.rows<{ owner: string }>(
        'SELECT pg_get_userbyid(datdba) AS owner, datacl FROM pg_database WHERE datname = $1',
        [addresses.owner.database],
      ),
    );
    expect(before?.owner).toBe(`${config.namespace}_things_owner`);
    expect(await provision(addresses)).toEqual({ runtimeRole: 'own' });
    const [after] = await withClient(addresses.admin, (client) =>
      client.rows('SELECT pg_get_userbyid(datdba) AS owner, datacl FROM pg_database WHERE datname = $1', [
        addresses.owner.database,
      ]),
    );
    expect(after).toEqual(before);
  });

  it('gives the roles passwords that only who knows the URL can tell, and keeps them as verifiers', async () => {
    expect(addresses.runtime.password).toMatch(/^[\w-]{43}$/);
    expect(addresses.runtime.password).not.toBe(addresses.owner.password);
    const wrong = { ...addresses.runtime, password: 'wrong' };
    expect(await stateOf(withClient(wrong, (client) => client.rows('SELECT 1')))).toBe('28P01');
    const [kept] = await withClient(addresses.admin, (client) =>
      client.rows<{ rolpassword: string }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
        addresses.runtime.user,
      ]),
    );
    expect(kept?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  it('keeps other services out of the database', async () => {
    const others = addressesOf(config, 'others');
    await provision(others);
    const intruder = { ...others.runtime, database: addresses.runtime.database };
    expect(await stateOf(withClient(intruder, (client) => client.rows('SELECT 1')))).toBe('42501');
  });
});

describe('the runtime role', () => {
  it('reads and writes tables that migrations made', async () => {
    await asRuntime(`INSERT INTO item (id, title) VALUES (1, 'a')`);
    await asRuntime(`UPDATE item SET title = 'b'`);
    expect(await asRuntime('SELECT title FROM item')).toEqual([{ title: 'b' }]);
    await asRuntime('DELETE FROM item');
    await asRuntime('INSERT INTO big (value) VALUES (1)');
  });

  it.each([
    ['make a table', 'CREATE TABLE mine (id int)', '42501'],
    ['make a schema', 'CREATE SCHEMA mine', '42501'],
    ['make a role', 'CREATE ROLE mine', '42501'],
    ['change a table', 'ALTER TABLE item ADD COLUMN x int', '42501'],
    ['drop a table', 'DROP TABLE item', '42501'],
    ['truncate a table', 'TRUNCATE item', '42501'],
    ['switch triggers off', 'ALTER TABLE journal DISABLE TRIGGER ALL', '42501'],
    ['become the owner', `SET ROLE ${addresses.owner.user}`, '42501'],
    ['forge migrations', `INSERT INTO schema_migration (name) VALUES ('x')`, '42501'],
    ['update what a migration revoked', 'UPDATE journal SET id = 2', '42501'],
    ['delete what a migration revoked', 'DELETE FROM journal', '42501'],
  ])('may not %s', async (_, sql, state) => {
    await asRuntime('INSERT INTO journal (id) VALUES (1) ON CONFLICT DO NOTHING');
    expect(await stateOf(asRuntime(sql))).toBe(state);
    expect(await asRuntime('SELECT id FROM journal')).toEqual([{ id: 1 }]);
  });
});

describe('migrations', () => {
  const names = () =>
    withClient(addresses.owner, async (client) => {
      const rows = await client.rows<{ name: string }>('SELECT name FROM schema_migration');
      return rows.map(({ name }) => name).sort();
    });

  it("ran once each, the platform's first", async () => {
    const applied = await names();
    expect(applied).toContain('platform/0001_create_idempotency_key');
    expect(applied.slice(-2)).toEqual(['things/0001_create_item', 'things/0002_create_journal']);
    expect(await migrate(options)).toEqual([]);
  });

  it('can be taken back and applied again, the platform ones too', async () => {
    const all = await names();
    const taken = await migrateDown(options, all.length);
    expect(taken).toHaveLength(all.length);
    expect(taken[0]).toBe('things/0002_create_journal');
    const left = await withClient(addresses.owner, (client) =>
      client.rows(
        `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
      ),
    );
    expect(left).toEqual([{ relname: 'schema_migration' }]);
    expect(await migrate(options)).toHaveLength(all.length);
    expect(await stateOf(asRuntime('DELETE FROM journal'))).toBe('42501');
  });

  it('that fail leave nothing behind, and say why', async () => {
    const broken = { ...options, migrations: new URL('./fixture-broken/', import.meta.url) };
    await withClient(addresses.owner, (client) =>
      client.run(`DELETE FROM schema_migration WHERE name LIKE 'things/%'`),
    );
    const before = await names();
    expect(await stateOf(migrate(broken))).toBe('42601');
    expect(await names()).toEqual(before);
    const [half] = await asRuntime(`SELECT to_regclass('half_made') IS NULL AS gone`);
    expect(half).toEqual({ gone: true });
    await withClient(addresses.owner, (client) => client.run('DROP TABLE item, big, journal'));
    await migrate(options);
  });

  it('of a newer release are refused by name', async () => {
    await withClient(addresses.owner, (client) =>
      client.run(`INSERT INTO schema_migration (name) VALUES ('things/9999_later')`),
    );
    await expect(migrate(options)).rejects.toThrow(UnknownMigrationError);
    await expect(migrate(options)).rejects.toThrow('things/9999_later');
    await withClient(addresses.owner, (client) =>
      client.run(`DELETE FROM schema_migration WHERE name = 'things/9999_later'`),
    );
  });
});

describe("a service's own database", () => {
  const own = testConfig();
  const url = new URL(own.databaseUrl ?? '');
  afterAll(() => dropNamespace(own));

  /** A database made by an operator, owned by a role that may make roles, or not. */
  async function prepared(
    name: string,
    mayMakeRoles: boolean,
    role = `${own.namespace}_${name}_operator`,
  ): Promise<ServiceAddresses> {
    await withClient(addresses.admin, async (client) => {
      await client.run(`CREATE ROLE ${role} LOGIN PASSWORD 'secret' ${mayMakeRoles ? 'CREATEROLE' : ''}`);
      await client.run(`CREATE DATABASE ${role}_db OWNER ${role}`);
    });
    const theirs = `postgresql://${role}:secret@${url.host}/${role}_db`;
    return addressesOf({ ...own, serviceDatabaseUrls: { [name]: theirs } }, name);
  }

  it('gets a runtime role when its role may make roles', async () => {
    const its = await prepared('maker', true);
    expect(await provision(its)).toEqual({ runtimeRole: 'own' });
    expect(await provision(its)).toEqual({ runtimeRole: 'own' });
    await migrate({ ...options, owner: its.owner, runtimeRole: its.runtime.user });
    await asRuntime('INSERT INTO journal (id) VALUES (1)', its);
    expect(await stateOf(asRuntime('DELETE FROM journal', its))).toBe('42501');
    expect(await stateOf(asRuntime('CREATE TABLE mine (id int)', its))).toBe('42501');
  });

  it('is run by its owner when that may not make roles', async () => {
    const its = await prepared('plain', false);
    expect(await provision(its)).toEqual({ runtimeRole: 'owner' });
    expect(await migrate({ ...options, owner: its.owner, runtimeRole: its.owner.user })).not.toEqual([]);
  });

  it("keeps its role's password where that role has the name that a runtime role would have", async () => {
    const its = await prepared('namesake', true, `${own.namespace}_namesake`);
    expect(await provision(its)).toEqual({ runtimeRole: 'owner' });
    expect(await provision(its)).toEqual({ runtimeRole: 'owner' });
  });
});

describe('a server whose role is no superuser', () => {
  it('is provisioned by one that may make roles and databases', async () => {
    const role = `${config.namespace}_admin`;
    await withClient(addresses.admin, (client) =>
      client.run(`CREATE ROLE ${role} LOGIN PASSWORD 'secret' CREATEROLE CREATEDB`),
    );
    const url = new URL(config.databaseUrl ?? '');
    url.username = role;
    url.password = 'secret';
    const its = addressesOf({ ...config, databaseUrl: url.href }, 'modest');
    expect(await provision(its)).toEqual({ runtimeRole: 'own' });
    expect(await provision(its)).toEqual({ runtimeRole: 'own' });
    await migrate({ ...options, owner: its.owner, runtimeRole: its.runtime.user });
    expect(await asRuntime('SELECT id FROM item', its)).toEqual([]);
    await withClient(addresses.admin, (client) =>
      client.run(`DROP DATABASE ${its.owner.database} WITH (FORCE)`),
    );
    // Roles that it made depend on it no more.
    await withClient(addresses.admin, (client) =>
      client.run(`DROP ROLE ${its.runtime.user}, ${its.owner.user}, ${role}`),
    );
  });
});
