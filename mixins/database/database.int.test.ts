import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Service, ServiceSchema } from 'moleculer';
import { DataTypes, Op, type Sequelize } from 'sequelize';
import { defineMixin } from '#mixins/define-service.ts';
import { startNode, type TestNode } from '../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { type DatabaseMethods, databaseMixin } from './database.mixin.ts';

const defineModels = (sequelize: Sequelize) => ({
  item: sequelize.define('item', {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    title: DataTypes.TEXT,
    madeAt: DataTypes.DATE,
  }),
});

const order: string[] = [];

const noting = (name: string) =>
  defineMixin<Service & DatabaseMethods>({
    async started() {
      order.push(`${name} starts ${'database' in this}`);
    },
    async stopped() {
      await this.database.rows('SELECT 1');
      order.push(`${name} stops`);
    },
  });

const things = (mixins: (database: Partial<ServiceSchema>) => Partial<ServiceSchema>[]): ServiceSchema => ({
  name: 'things',
  mixins: mixins(
    databaseMixin({ models: defineModels, main: 'item', migrations: new URL('./fixture/', import.meta.url) }),
  ),
  ...noting('service'),
});

describe('a service with a database', () => {
  const config = testConfig();
  let node: TestNode;
  let service: Service & DatabaseMethods;

  beforeAll(async () => {
    node = await startNode(config, [things((database) => [database, noting('a'), noting('b')])]);
    service = node.broker.getLocalService('things') as Service & DatabaseMethods;
    await service.database.inTransaction(async (tx) => {
      await tx.run('INSERT INTO item (id, title) SELECT * FROM unnest($1::int[], $2::text[])', [
        [1, 2, 3],
        ['a', 'b', 'c'],
      ]);
    });
  });

  afterAll(async () => {
    await node.stop();
    await dropNamespace(config);
  });

  it('lists and looks up through moleculer-db', async () => {
    const rows = await service.adapter.find({ sort: ['-id'], limit: 2, query: { id: { [Op.lt]: 3 } } });
    expect(rows.map((row) => row.get('id'))).toEqual([2, 1]);
    expect(await service.adapter.findById(1)).toMatchObject({ id: 1, title: 'a', madeAt: expect.any(Date) });
    expect(await service.adapter.findByIds([3, 4])).toHaveLength(1);
    expect(await service.adapter.count({ query: { title: 'b' } })).toBe(1);
  });

  it("has none of moleculer-db's actions, and its own is not published", () => {
    const actions = service.schema.actions ?? {};
    expect(Object.keys(actions)).toEqual(['ready', 'loops.stats', 'operator.loops.stats']);
    for (const name of ['find', 'count', 'list', 'create', 'insert', 'get', 'update', 'remove', 'resolve']) {
      expect(node.broker.registry.actions.isAvailable(`things.${name}`)).toBe(false);
    }
  });

  it('is ready', async () => {
    expect(await node.broker.call('things.ready')).toEqual({ ready: true });
  });

  it('starts after its database and stops before it, whatever the order of its mixins', async () => {
    expect(order).toEqual(['b starts true', 'a starts true', 'service starts true']);
    await node.stop();
    expect(order.slice(3)).toEqual(['service stops', 'a stops', 'b stops']);
    order.length = 0;
    node = await startNode(config, [things((database) => [noting('a'), database, noting('b')])]);
    expect(order).toHaveLength(3);
    expect(order.every((line) => line.endsWith('starts true'))).toBe(true);
    service = node.broker.getLocalService('things') as Service & DatabaseMethods;
  });

  it('adds to its readiness if it has a method for that', async () => {
    const other = await startNode(config, [
      {
        ...things((database) => [database]),
        methods: { readiness: async () => ({ ready: false, reason: 'x' }) },
      },
    ]);
    const theirs = other.broker.getLocalService('things');
    expect(await theirs.actions.ready?.({})).toEqual({ ready: false, reason: 'x' });
    await other.stop();
  });
});
