import { describe, expect, it } from '@jest/globals';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { startSystem } from '../harness/system.ts';
import { playWorkedSession } from './worked-session.ts';

describe('the worked session of the README', () => {
  it('works as written', async () => {
    const config = testConfig();
    const system = await startSystem({ ...testServers(), namespace: config.namespace });
    try {
      const { code, output } = await playWorkedSession(system.api, ADMIN_BEAK);
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain('"title":"Wash the cage"');
      expect(output).toContain('"kind":"reward"');
      expect(output).toContain('"status":"completed"');
    } finally {
      await system.stop();
      await dropNamespace(config);
    }
  }, 120_000);
});
