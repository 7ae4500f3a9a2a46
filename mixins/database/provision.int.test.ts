import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { type Address, addressesOf, addressesToProvision, roleAt, type ServiceAddresses } from './address.ts';
import { withClient } from './client.ts';
import { sqlStateOf } from './errors.ts';
import { DatabaseLifecycle } from './lifecycle.ts';
import { migrate, migrateDown, UnknownMigrationError } from './migrate.ts';
import { FIXTURE_MIGRATIONS, silent } from './open.fixture.ts';
import { type Provisioned, provision, scramVerifier } from './provision.ts';

const config = testConfig();
const addresses = addressesOf(config, 'things');
let runtime: Address;
const options = {
  owner: addresses.owner,
  runtimeRole: addresses.runtime.user,
  service: 'things',
  migrations: FIXTURE_MIGRATIONS,
};

beforeAll(async () => {
  const provisioned = await Promise.all(Array.from({ length: 4 }, () => provision(addresses)));
  runtime = (provisioned[0] as Provisioned).runtime;
  expect(new Set(provisioned.map((each) => each.runtime.password)).size).toBe(1);
  await Promise.all(Array.from({ length: 4 }, () => migrate(options)));
});
afterAll(() => dropNamespace(config));

const asRuntime = (sql: string, as: Address = runtime) => withClient(as, (client) => client.rows(sql));

const stateOf = (work: Promise<unknown>) => work.then(() => 'fine', sqlStateOf);

describe('a server that several nodes provision at the same time', () => {
  it('has the database and both roles, also after a repetition', async () => {
    const [before] = await withClient(addresses.admin, (client) =>
      client.rows<{ owner: string }>(
        'SELECT pg_get_userbyid(datdba) AS owner, datacl FROM pg_database WHERE datname = $1',
        [addresses.owner.database],
      ),
    );
    expect(before?.owner).toBe(`${config.namespace}_things_owner`);
    expect(await provision(addresses)).toEqual({ runtimeRole: 'own', runtime });
    const [after] = await withClient(addresses.admin, (client) =>
      client.rows('SELECT pg_get_userbyid(datdba) AS owner, datacl FROM pg_database WHERE datname = $1', [
        addresses.owner.database,
      ]),
    );
    expect(after).toEqual(before);
  });

  it('F19: has a random password for the runtime role, which does not follow from the password of DATABASE_URL', async () => {
    expect(runtime.password).toMatch(/^[\w-]{43}$/);
    const secret = new URL(config.databaseUrl ?? '').password;
    const derived = createHmac('sha256', secret).update(runtime.user).digest('base64url');
    for (const password of ['wrong', derived]) {
      expect(await stateOf(asRuntime('SELECT 1', { ...runtime, password }))).toBe('28P01');
    }
    const [kept] = await withClient(addresses.admin, (client) =>
      client.rows<{ rolpassword: string }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
        runtime.user,
      ]),
    );
    expect(kept?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  it('keeps other services out of the database', async () => {
    const others = addressesOf(config, 'others');
    const intruder = { ...(await provision(others)).runtime, database: runtime.database };
    expect(await stateOf(asRuntime('SELECT 1', intruder))).toBe('42501');
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
    ['become the owner', `SET ROLE ${roleAt(addresses.owner)}`, '42501'],
    ['read the secrets that its owner keeps', 'SELECT value FROM provision.secret', '42501'],
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

  it('run once each, those of the platform first', async () => {
    const applied = await names();
    expect(applied).toContain('platform/0001_create_idempotency_key');
    expect(applied.slice(-2)).toEqual(['things/0001_create_item', 'things/0002_create_journal']);
    expect(await migrate(options)).toEqual([]);
  });

  it('can be reverted and applied again, those of the platform too', async () => {
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

  it('that fail leave nothing behind and give the reason', async () => {
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

  /** A database that an operator made. Its owner may make roles, or may not. */
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

  it('gets a runtime role if its role may make roles', async () => {
    const its = await prepared('maker', true);
    const made = await provision(its);
    expect(made.runtimeRole).toBe('own');
    expect(await provision(its)).toEqual(made);
    await migrate({ ...options, owner: its.owner, runtimeRole: its.runtime.user });
    await asRuntime('INSERT INTO journal (id) VALUES (1)', made.runtime);
    expect(await stateOf(asRuntime('DELETE FROM journal', made.runtime))).toBe('42501');
    expect(await stateOf(asRuntime('CREATE TABLE mine (id int)', made.runtime))).toBe('42501');
  });

  it('is used by its owner if the owner may not make roles', async () => {
    const its = await prepared('plain', false);
    expect(await provision(its)).toEqual({ runtimeRole: 'owner', runtime: its.owner });
    expect(await migrate({ ...options, owner: its.owner, runtimeRole: its.owner.user })).not.toEqual([]);
  });

  it('keeps the password of its role if that role has the name of a runtime role', async () => {
    const its = await prepared('namesake', true, `${own.namespace}_namesake`);
    expect(await provision(its)).toEqual({ runtimeRole: 'owner', runtime: its.owner });
    expect(await provision(its)).toEqual({ runtimeRole: 'owner', runtime: its.owner });
  });
});

describe('a server whose role is no superuser', () => {
  it('is provisioned by a role that may make roles and databases', async () => {
    const role = `${config.namespace}_admin`;
    const { database } = addresses.admin;
    await withClient(addresses.admin, async (client) => {
      await client.run(`CREATE ROLE ${role} LOGIN PASSWORD 'secret' CREATEROLE CREATEDB`);
      // Another test on this server may have taken CONNECT from PUBLIC.
      await client.run(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
    });
    const url = new URL(config.databaseUrl ?? '');
    url.username = role;
    url.password = 'secret';
    const its = addressesOf({ ...config, databaseUrl: url.href }, 'modest');
    const made = await provision(its);
    expect(made.runtimeRole).toBe('own');
    expect(await provision(its)).toEqual(made);
    await migrate({ ...options, owner: its.owner, runtimeRole: its.runtime.user });
    expect(await asRuntime('SELECT id FROM item', made.runtime)).toEqual([]);
    const reading = withClient(its.reader, (client) => client.rows('SELECT value FROM provision.secret'));
    expect(await stateOf(reading)).toBe('42501');
    await withClient(addresses.admin, (client) =>
      client.run(`DROP DATABASE ${its.owner.database} WITH (FORCE)`),
    );
    // Nothing that it made depends on its roles any more.
    await withClient(addresses.admin, async (client) => {
      await client.run(`REVOKE CONNECT ON DATABASE ${database} FROM ${role}`);
      await client.run(`DROP ROLE ${its.runtime.user}, ${roleAt(its.owner)}, ${role}`);
    });
  });
});

describe('a database that an earlier release provisioned', () => {
  const old = testConfig();
  const its = addressesOf(old, 'things');
  afterAll(() => dropNamespace(old));

  /** Derives a password as the earlier release did. */
  const derived = (role: string) =>
    createHmac('sha256', new URL(old.databaseUrl ?? '').password)
      .update(role)
      .digest('base64url');

  it('F19: gets other passwords, and none for its owner; its data stay', async () => {
    const [owner, role] = [roleAt(its.owner), its.runtime.user];
    await withClient(its.admin, async (client) => {
      for (const each of [owner, role]) {
        await client.run(`CREATE ROLE ${each} LOGIN PASSWORD '${scramVerifier(derived(each))}'`);
      }
      await client.run(`CREATE DATABASE ${its.owner.database} OWNER ${owner} TEMPLATE template0`);
    });
    await withClient(its.owner, async (client) => {
      await client.run(`GRANT USAGE ON SCHEMA public TO ${role}`);
      await client.run(`GRANT CONNECT ON DATABASE ${its.owner.database} TO ${role}`);
      await client.run('CREATE TABLE kept AS SELECT 1 AS id');
      await client.run(`GRANT SELECT ON kept TO ${role}`);
    });
    const before = { ...its.runtime, password: derived(role) };
    const asOwner = { ...its.admin, database: its.owner.database, user: owner, password: derived(owner) };
    expect(await asRuntime('SELECT id FROM kept', before)).toEqual([{ id: 1 }]);
    expect(await asRuntime('SELECT id FROM kept', asOwner)).toEqual([{ id: 1 }]);

    const made = await provision(its);
    await migrate({ ...options, owner: its.owner, runtimeRole: role });
    expect(await asRuntime('SELECT id FROM kept', made.runtime)).toEqual([{ id: 1 }]);
    expect(await stateOf(asRuntime('SELECT 1', before))).toBe('28P01');
    expect(await stateOf(asRuntime('SELECT 1', asOwner))).toBe('28P01');
  });
});

describe('a service whose URL names a role that owns nothing', () => {
  const own = testConfig();
  afterAll(() => dropNamespace(own));

  const role = `${own.namespace}_things`;
  const url = new URL(own.databaseUrl ?? '');
  url.username = role;
  url.password = 'given';
  url.pathname = `/${role}`;
  const both = { ...own, serviceDatabaseUrls: { things: url.href } };
  const service = { ...both, databaseUrl: null };

  it('F19: does not migrate, logs once that it waits, and runs after the provisioning step has migrated', async () => {
    // Only the role and its database exist yet.
    const step = addressesToProvision(both, 'things');
    const made = await provision(step);
    expect(made).toMatchObject({ runtimeRole: 'own', runtime: { user: role, password: 'given' } });
    const warnings: string[] = [];
    const lifecycle = new DatabaseLifecycle({
      config: service,
      service: 'things',
      migrations: FIXTURE_MIGRATIONS,
      maxPauseMs: 20,
      log: { ...silent, warn: (text) => void warnings.push(String(text)) },
    });
    const opening = lifecycle.open();
    await until(() => warnings.length === 1);
    // Each attempt makes a new connection.
    await until(async () => {
      const [row] = await withClient(step.admin, (client) =>
        client.rows<{ sessions: number }>('SELECT sessions::int FROM pg_stat_database WHERE datname = $1', [
          role,
        ]),
      );
      return (row?.sessions ?? 0) > 10;
    });
    expect(await asRuntime(`SELECT to_regclass('item') AS item`, made.runtime)).toEqual([{ item: null }]);
    await migrate({ ...options, owner: step.owner, runtimeRole: role });
    const database = await opening;
    expect(warnings).toEqual([expect.stringContaining('waiting for npm run provision')]);
    expect(await database.rows('SELECT id FROM item')).toEqual([]);
    expect(await stateOf(database.rows('CREATE TABLE mine (id int)'))).toBe('42501');
    await lifecycle.close();
  });

  it('F19: shares its password with nodes that are given DATABASE_URL alone', async () => {
    const made = await provision(addressesOf(own, 'things'));
    expect(made.runtime.password).toBe('given');
    expect(await asRuntime('SELECT id FROM item', made.runtime)).toEqual([]);
  });

  it('F19: is refused if a newer release has migrated', async () => {
    const { owner } = addressesOf(own, 'things');
    await withClient(owner, (client) =>
      client.run(`INSERT INTO schema_migration (name) VALUES ('things/9999_later')`),
    );
    const lifecycle = new DatabaseLifecycle({
      config: service,
      service: 'things',
      migrations: FIXTURE_MIGRATIONS,
      log: silent,
    });
    await expect(lifecycle.open()).rejects.toThrow(UnknownMigrationError);
  });
});
