import { describe, expect, it } from '@jest/globals';
import type { Task } from '../e2e/client.ts';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { startNats, testServers } from '../harness/servers.ts';
import { startSystem } from '../harness/system.ts';
import { expectExactBooks } from './books.ts';
import { gatherCrowd } from './crowd.ts';

describe('with nats-server stopped, in a system of one process', () => {
  it('FAIL-1: tasks are created and completed, events wait, and are booked once when it is back', async () => {
    const config = testConfig();
    const nats = await startNats();
    const system = await startSystem({
      natsUrl: nats.url,
      databaseUrl: testServers().databaseUrl,
      namespace: config.namespace,
    });
    try {
      const crowd = await gatherCrowd(system, 3);
      await nats.stop();
      const clients = new Map(crowd.employees.map(({ user, client }) => [user.id, client]));
      for (let n = 0; n < 20; n++) {
        const task = await crowd.manager.expect<Task>(201, 'POST', '/tasks', { title: `Task ${n}` });
        const done = await clients
          .get(task.assignee.id)
          ?.expect<Task>(200, 'POST', `/tasks/${task.id}/complete`);
        expect(done?.status).toBe('done');
      }
      await nats.restart();
      const books = await expectExactBooks(crowd.admin);
      expect(books.lines).toHaveLength(1 + 20 * 2);
    } finally {
      await system.stop();
      await nats.stop();
      await dropNamespace(config);
    }
  }, 120_000);
});
