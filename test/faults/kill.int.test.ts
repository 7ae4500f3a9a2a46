import { describe, expect, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { serviceNames, startSystem } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { expectExactBooks } from './books.ts';
import { createTasks, gatherCrowd } from './crowd.ts';

interface Shuffle {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
}

/** Each in the middle of a thousand events. */
const KILLS = 4;

describe('when the accounting node is killed again and again during 5,000 events', () => {
  it('FAIL-5: books every event exactly once', async () => {
    const config = testConfig();
    const others = serviceNames().filter((name) => name !== 'accounting');
    const system = await startSystem({
      ...testServers(),
      namespace: config.namespace,
      processes: [others, ['accounting']],
    });
    try {
      const crowd = await gatherCrowd(system, 10);
      await createTasks(crowd, 999);
      const accounting = system.node('accounting');
      for (let kills = 0; kills < KILLS; kills++) {
        await until(
          async () => (await crowd.admin.request('GET', '/accounting/accounts/me')).status === 200,
          {
            within: 60_000,
            what: 'accounting to answer',
          },
        );
        // A thousand events more, on their way to the node when it is killed.
        const { id } = await crowd.manager.expect<Shuffle>(202, 'POST', '/tasks/shuffles');
        const midway = await until(
          async () => {
            const shuffle = await crowd.manager.expect<Shuffle>(200, 'GET', `/tasks/shuffles/${id}`);
            return shuffle.done > 0 && shuffle;
          },
          { within: 60_000, every: 1, what: 'the shuffle to be midway' },
        );
        await accounting.kill();
        expect(midway.status).toBe('running');
        accounting.start();
        await until(
          async () =>
            (await crowd.manager.expect<Shuffle>(200, 'GET', `/tasks/shuffles/${id}`)).status === 'completed',
          { within: 60_000, what: 'the shuffle to complete' },
        );
      }
      const books = await expectExactBooks(crowd.admin, 150_000);
      expect(books.lines).toHaveLength(1000 * (KILLS + 1));
    } finally {
      await system.stop();
      await dropNamespace(config);
    }
  }, 400_000);
});

describe('when the whole system is killed during a shuffle of 10,000 tasks', () => {
  it('TASK-5: the shuffle completes by itself, and everything is booked exactly once', async () => {
    const config = testConfig();
    const system = await startSystem({ ...testServers(), namespace: config.namespace });
    try {
      const crowd = await gatherCrowd(system, 10);
      await createTasks(crowd, 9_999);
      const { id } = await crowd.manager.expect<Shuffle>(202, 'POST', '/tasks/shuffles');
      const read = () => crowd.manager.expect<Shuffle>(200, 'GET', `/tasks/shuffles/${id}`);
      const midway = await until(
        async () => {
          const shuffle = await read();
          return shuffle.done > 0 && shuffle;
        },
        { within: 60_000, every: 1, what: 'the shuffle to be midway' },
      );
      expect(midway.status).toBe('running');
      for (const node of system.nodes) await node.kill();
      for (const node of system.nodes) node.start();
      await system.ready();
      const shuffle = await until(
        async () => {
          const now = await read();
          return now.status === 'completed' && now;
        },
        { within: 60_000, what: 'the shuffle to complete' },
      );
      expect(shuffle).toMatchObject({ total: 10_000, done: 10_000 });
      const books = await expectExactBooks(crowd.admin, 150_000);
      expect(books.lines).toHaveLength(20_000);
    } finally {
      await system.stop();
      await dropNamespace(config);
    }
  }, 500_000);
});
