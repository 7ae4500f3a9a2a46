import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service, ServiceSchema } from 'moleculer';
import { noteAhead, readEpoch } from '#mixins/bus/epochs.ts';
import { databaseMixin } from '#mixins/database/database.mixin.ts';
import type { Database } from '#mixins/database/database.ts';
import { FIXTURE_MIGRATIONS } from '#mixins/database/open.fixture.ts';
import { defineMixin } from '#mixins/define-service.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Config } from '../../config.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { append, cleaned, countIn, unpublished } from './outbox.fixture.ts';
import { type OutboxMethods, outboxMixin } from './outbox.mixin.ts';

type TestService = Service & OutboxMethods & { readonly database: Database };

let config: Config;
let node: TestNode;
let stopped: boolean;
let left: number | undefined;

/** Stands where the consumers do: it appends until its very end. */
const lateWriter = defineMixin<TestService>({
  async started() {
    await append(this.database, cleaned(randomUUID(), 1));
  },
  async stopped() {
    const { database } = this;
    await append(database, cleaned(randomUUID(), 1));
    await until(async () => {
      left = await unpublished(database);
      return left === 0;
    });
  },
});

beforeEach(async () => {
  stopped = false;
  config = testConfig();
  node = await startNode(config, [
    {
      name: 'parrots',
      mixins: [databaseMixin({ migrations: FIXTURE_MIGRATIONS }), outboxMixin(), lateWriter],
    } as ServiceSchema,
  ]);
});

afterEach(async () => {
  if (!stopped) await node.stop();
  await dropNamespace(config);
});

describe('A service with an outbox', () => {
  it('publishes appended events, from before consumers start until after they stop', async () => {
    const { bus } = platformOf(node.broker);
    const service = node.broker.getLocalService('parrots') as TestService;
    await until(async () => (await unpublished(service.database)) === 0);
    await append(service.database, cleaned(randomUUID(), 1), cleaned(randomUUID(), 1));
    await until(async () => (await countIn(bus, 'parrots')) === 3);
    await until(async () => (await service.outboxStats()).backlog === 0);
    await node.stop();
    stopped = true;
    expect(left).toBe(0);
  });

  it('G22, AUD-1: shows operators orphaned events, lets them skip these, and appends an event about it', async () => {
    const { bus } = platformOf(node.broker);
    const { database } = node.broker.getLocalService('parrots') as TestService;
    await append(database, cleaned(randomUUID(), 1));
    await until(async () => (await countIn(bus, 'parrots')) === 2);
    expect(await node.broker.call('parrots.operator.outbox.orphans')).toEqual([]);
    // As if the database knew only the first of them.
    await database.inTransaction(async (tx) => {
      await tx.run('DELETE FROM outbox WHERE stream_sequence = 2');
      await tx.run(
        'UPDATE outbox_stream SET highest_sequence = 1, highest_event_id = (SELECT event_id FROM outbox WHERE stream_sequence = 1)',
      );
    });
    await noteAhead(bus, 'parrots', 'parrots', [2, 2], 0);
    expect(await node.broker.call('parrots.operator.outbox.orphans')).toEqual([
      { stream: 'parrots', between: [2, 2] },
    ]);
    const by = 'operator:polly@the-tree';
    const skip = () => node.broker.call('parrots.operator.outbox.skipOrphans', { by });
    expect(await skip()).toEqual([{ stream: 'parrots', events: 1 }]);
    expect((await readEpoch(bus, 'parrots')).orphans).toEqual([[2, 2]]);
    expect(await skip()).toEqual([]);
    const told = await database.rows<{ actor: string }>(
      `SELECT actor_id AS actor FROM outbox WHERE type = 'parrots.intervention.made.v1'`,
    );
    expect(told).toEqual([{ actor: by }]);
  });
});
