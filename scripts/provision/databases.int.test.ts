/** Provisioning closes databases of the server that belong to no service, such as `postgres`. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAddress } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { testConfig } from '../../test/harness/config.ts';
import { startPostgres, type TestServer } from '../../test/harness/servers.ts';
import { provisionDatabases } from './databases.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await postgres?.dispose();
});

async function provisioned(): Promise<string[]> {
  const printed: string[] = [];
  const { product, ...config } = testConfig({ databaseUrl: postgres.url, natsUrls: [] });
  // Without services, only the server itself is checked.
  const empty = { ...product, services: new Map() };
  await provisionDatabases({ config: { ...config, product: empty }, print: (line) => printed.push(line) });
  return printed.slice(1);
}

describe('provisioning on a server of PostgreSQL', () => {
  it("F19: closes PostgreSQL's own databases if no other system has a login, and names them", async () => {
    expect(await provisioned()).toEqual([expect.stringMatching(/may connect to postgres, template1 now/)]);
    expect(await provisioned()).toEqual([]);
  });

  it('F19: closes nothing if another system has a login, and says what is open and how to close it', async () => {
    await withClient(parseAddress(postgres.url), async (client) => {
      await client.run('CREATE ROLE somebody_else LOGIN');
      await client.run('CREATE DATABASE "their own"');
    });
    const lines = await provisioned();
    expect(lines).toEqual([expect.stringMatching(/^Every role may connect to their own, /)]);
    expect(lines[0]).toContain('REVOKE CONNECT ON DATABASE "their own" FROM PUBLIC;');
    expect(await provisioned()).toEqual(lines);
  });
});
