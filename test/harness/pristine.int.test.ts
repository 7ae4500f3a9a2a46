import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Config } from '../../config.ts';
// Makes the driver give bigints as numbers, in the whole worker.
import '#mixins/database/sequelize.ts';
import { dropNamespace, testConfig } from './config.ts';
import { keepPristine, type Pristine } from './pristine.ts';
import { until } from './wait.ts';

const TABLES = `
  CREATE TABLE parrot (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10) PRIMARY KEY,
    name text NOT NULL,
    loud text GENERATED ALWAYS AS (upper(name)) STORED
  );
  CREATE TABLE feeding (parrot_id bigint NOT NULL REFERENCES parrot, line bigserial);
  CREATE TABLE flight (slot int NOT NULL, miles int) PARTITION BY LIST (slot);
  CREATE TABLE flight_1 PARTITION OF flight FOR VALUES IN (1);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feeding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
  INSERT INTO parrot (name) VALUES ('Pip'), ('Mia');
  INSERT INTO flight VALUES (1, 7);`;

describe('a database that is reset', () => {
  let config: Config;
  let client: pg.Client;
  let pristine: Pristine;

  const all = async () => ({
    parrots: (await client.query('SELECT * FROM parrot ORDER BY id')).rows,
    feedings: (await client.query('SELECT * FROM feeding')).rows,
    flights: (await client.query('SELECT * FROM flight')).rows,
  });

  beforeAll(async () => {
    config = testConfig();
    const admin = new pg.Client({ connectionString: config.databaseUrl ?? '' });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${config.namespace}_parrots TEMPLATE template0`);
    await admin.end();
    const url = new URL(config.databaseUrl ?? '');
    url.pathname = `/${config.namespace}_parrots`;
    client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(TABLES);
    pristine = await keepPristine(config, 'parrots');
  });
  afterAll(async () => {
    await pristine?.close();
    await client?.end();
    await dropNamespace(config);
  });

  it('has its first rows, and no others', async () => {
    const before = await all();
    for (const play of ['first', 'second']) {
      await client.query(`INSERT INTO parrot (name) VALUES ('${play}')`);
      await client.query(`UPDATE parrot SET name = 'renamed' WHERE id = 10`);
      await client.query('INSERT INTO feeding VALUES (10), (11), (12)');
      await client.query('DELETE FROM flight');
      await pristine.restore();
      expect(await all()).toEqual(before);
    }
    expect(before.parrots).toEqual([
      { id: 10, name: 'Pip', loud: 'PIP' },
      { id: 11, name: 'Mia', loud: 'MIA' },
    ]);
  });

  it('has its first sequence values', async () => {
    await client.query(`INSERT INTO parrot (name) VALUES ('x')`);
    await client.query('INSERT INTO feeding VALUES (10), (11)');
    await pristine.restore();
    const ids = await client.query(`INSERT INTO parrot (name) VALUES ('next') RETURNING id`);
    const lines = await client.query('INSERT INTO feeding VALUES (10) RETURNING line');
    expect([ids.rows, lines.rows]).toEqual([[{ id: 12 }], [{ line: 1 }]]);
  });

  it('keeps its triggers for all other sessions', async () => {
    await expect(client.query('DELETE FROM feeding')).rejects.toThrow('append only');
  });

  it('waits for running writers', async () => {
    await client.query('BEGIN');
    await client.query(`INSERT INTO parrot (name) VALUES ('late')`);
    let restored = false;
    const restoring = pristine.restore().then(() => {
      restored = true;
    });
    await until(async () => {
      const waiting = await client.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.rowCount === 1;
    });
    expect(restored).toBe(false);
    await client.query('COMMIT');
    await restoring;
    const { rows } = await client.query(`SELECT FROM parrot WHERE name = 'late'`);
    expect(rows).toEqual([]);
  });
});
