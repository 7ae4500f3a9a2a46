import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName } from '#mixins/names.ts';
import { recordTraces } from '#mixins/tracing/recorder.fixture.ts';
import { EncodingError } from '#schemas/avro.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { appendEvents, appended } from './append.ts';
import { EventTooLargeError, newEvent } from './event.ts';
import { listRefused, outboxStats, purgeOnce, retryRefused } from './maintenance.ts';
import {
  append,
  appendCages,
  cageCleaned,
  cause,
  cleaned,
  countIn,
  mail,
  type OpenDatabase,
  openDatabase,
  outOfOrder,
  storedIn,
  unpublished,
} from './outbox.fixture.ts';
import { Relay } from './relay.ts';

let config: Config;
let bus: Bus;
let database: OpenDatabase;
let relay: Relay;

beforeEach(async () => {
  config = testConfig();
  bus = createBus(config);
  await bus.start();
  database = await openDatabase(config, 'parrots');
  relay = new Relay({ database, bus, log: SILENT });
});

afterEach(async () => {
  relay.close();
  await database.close();
  await bus.stop();
  await dropNamespace(config);
});

/**
 * Passes until there is nothing to do. A stream that answered late pauses for a moment: its events
 * are still to come.
 */
async function drain(one: Relay = relay): Promise<number> {
  let published = 0;
  for (;;) {
    const pass = await one.pass();
    published += pass.published;
    if (!pass.more && one.failing.length === 0) return published;
  }
}

describe('Events of traces', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const parentOf = (flags: string) => `00-${TRACE}-b7ad6b7169203331-${flags}`;
  const traced = (traceparent: string | null) => {
    return { ...cleaned(randomUUID(), 1), cause: { ...cause, traceparent } };
  };

  it('that are recorded have spans, which their headers name', async () => {
    const { traces, spans } = recordTraces();
    const tracing = new Relay({ database, bus, log: SILENT, traces });
    await append(database, traced(parentOf('01')), traced(parentOf('00')), traced(null));
    expect(await drain(tracing)).toBe(3);
    tracing.close();
    const [recorded, ...others] = await storedIn(bus, 'parrots');
    const spanId = recorded?.id.replaceAll('-', '').slice(16);
    expect(recorded?.traceparent).toBe(`00-${TRACE}-${spanId}-01`);
    expect(others.map(({ traceparent }) => traceparent)).toEqual([parentOf('00'), null]);
    expect(spans).toMatchObject([
      {
        name: 'publish parrots.cage.cleaned.v1',
        type: 'producer',
        id: spanId,
        traceID: TRACE,
        parentID: 'b7ad6b7169203331',
        service: { name: 'parrots' },
        error: null,
        tags: { 'cloudevents.event_id': recorded?.id, 'correlation.id': cause.correlationId },
      },
    ]);
  });

  it('have failed spans while the broker does not take them, and the same header afterwards', async () => {
    const { traces, spans } = recordTraces();
    const tracing = new Relay({ database, bus, log: SILENT, traces });
    await drain(tracing);
    const name = streamName(config.namespace, 'parrots');
    const { config: stream } = await bus.manager.streams.info(name);
    await bus.manager.streams.update(name, { ...stream, subjects: ['elsewhere.>'] });
    await append(database, traced(parentOf('01')));
    expect((await tracing.pass()).published).toBe(0);
    await bus.manager.streams.update(name, stream);
    await until(async () => (await drain(tracing)) === 1, { what: 'the event to be published' });
    tracing.close();
    expect(spans.map(({ error }) => error)).toEqual([{ type: 'unknown' }, null]);
    expect(new Set(spans.map(({ id }) => id)).size).toBe(1);
  });

  it('keep their headers where traces are off', async () => {
    await append(database, traced(parentOf('01')));
    await drain();
    expect((await storedIn(bus, 'parrots')).map(({ traceparent }) => traceparent)).toEqual([parentOf('01')]);
  });
});

describe('A transaction that appends events', () => {
  it('publishes nothing before its commit', async () => {
    await bus.ensureStream('parrots');
    await database.inTransaction(async (tx) => {
      await appendEvents(tx, [cleaned(randomUUID(), 1)]);
      expect(await drain()).toBe(0);
    });
    expect(await countIn(bus, 'parrots')).toBe(0);
    expect(await drain()).toBe(1);
    expect(await countIn(bus, 'parrots')).toBe(1);
  });

  it('publishes nothing after its roll-back, and wakes no loop', async () => {
    await bus.ensureStream('parrots');
    let woken = 0;
    const end = appended.of(database).listen(() => woken++);
    const failing = database.inTransaction(async (tx) => {
      await appendEvents(tx, [cleaned(randomUUID(), 1)]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await drain()).toBe(0);
    expect(await countIn(bus, 'parrots')).toBe(0);
    expect(woken).toBe(0);
    await append(database, cleaned(randomUUID(), 1), cleaned(randomUUID(), 1));
    expect(woken).toBe(1);
    end();
  });

  it('is refused as a whole if an event is larger than the broker accepts', async () => {
    const large = append(database, cleaned(randomUUID(), 1), cleaned(randomUUID(), 1, 'x'.repeat(65_500)));
    await expect(large).rejects.toBeInstanceOf(EventTooLargeError);
    await expect(large).rejects.toThrow(/parrots\.cage\.cleaned\.v1 of cage\/.* has \d+ bytes/);
    expect(await unpublished(database)).toBe(0);
  });

  it('is refused as a whole if an event names another aggregate than its own', async () => {
    const [cage, other] = [randomUUID(), randomUUID()];
    const astray = newEvent(cageCleaned, cage, 1, { cageId: other, note: 'as new' }, cause);
    const refused = append(database, cleaned(randomUUID(), 1), astray);
    await expect(refused).rejects.toBeInstanceOf(EncodingError);
    await expect(refused).rejects.toMatchObject({
      path: 'cageId',
      message: `parrots.cage.cleaned.v1: cageId is ${other}, but the event is about cage/${cage}`,
    });
    expect(await unpublished(database)).toBe(0);
  });

  it('may append an event of the maximum size', async () => {
    const id = randomUUID();
    const fits = (bytes: number) =>
      append(database, cleaned(id, 1, 'x'.repeat(bytes))).then(
        () => true,
        (error) => {
          if (error instanceof EventTooLargeError) return false;
          throw error;
        },
      );
    let bytes = 65_536;
    while (!(await fits(bytes))) bytes--;
    expect(await drain()).toBe(1);
    expect(await countIn(bus, 'parrots')).toBe(1);
  });

  it('is refused if another transaction has already made that version', async () => {
    const id = randomUUID();
    await append(database, cleaned(id, 1));
    await expect(append(database, cleaned(randomUUID(), 1), cleaned(id, 1))).rejects.toThrow(
      /unique|Validation/i,
    );
    expect(await unpublished(database)).toBe(1);
  });
});

describe('A relay', () => {
  it('publishes events in order, with all their attributes', async () => {
    const id = randomUUID();
    await append(database, cleaned(id, 1), cleaned(id, 2));
    await append(database, mail(), cleaned(id, 3));
    expect(await drain()).toBe(4);
    const stored = await storedIn(bus, 'parrots');
    expect(stored.map(({ subject, sequence }) => [subject, sequence])).toEqual([
      [`cage/${id}`, 1],
      [`cage/${id}`, 2],
      [`cage/${id}`, 3],
    ]);
    expect(stored[0]).toMatchObject({ ...cause, source: 'parrots', type: 'parrots.cage.cleaned.v1' });
    const [request] = await storedIn(bus, 'couriers');
    expect(request).toMatchObject({ source: 'parrots', type: 'couriers.mail.requested.v1', sequence: 1 });
    expect(await unpublished(database)).toBe(0);
  });

  it('registers the schema before it publishes the event', async () => {
    await append(database, cleaned(randomUUID(), 1));
    const schemas = await bus.bucket('schemas');
    expect(await drain()).toBe(1);
    const keys: string[] = [];
    for await (const key of await schemas.keys()) keys.push(key);
    expect(keys.length).toBe(1);
    expect((await schemas.get(keys[0] ?? ''))?.string()).toContain('parrots.CageCleaned');
  });

  it('publishes events again, under the same id, that it published but did not mark', async () => {
    await appendCages(database, 10, 3);
    const crashing = new Relay({ database: failsAtMark(database), bus, log: SILENT });
    await expect(drain(crashing)).rejects.toThrow('crashed');
    crashing.close();
    expect(await countIn(bus, 'parrots')).toBe(30);
    expect(await unpublished(database)).toBe(30);
    expect(await drain()).toBe(30);
    expect(await countIn(bus, 'parrots')).toBe(30);
    expect(outOfOrder(await storedIn(bus, 'parrots'))).toEqual([]);
  });

  it('publishes more events than a pass holds, in order', async () => {
    const total = await appendCages(database, 250, 10);
    expect(await drain()).toBe(total);
    const stored = await storedIn(bus, 'parrots');
    expect(stored.length).toBe(total);
    expect(outOfOrder(stored)).toEqual([]);
  });
});

describe('Two relays at once, while events are appended', () => {
  it('publish each event once and in order', async () => {
    const otherBus = createBus(config);
    await otherBus.start();
    const otherDatabase = await openDatabase(config, 'parrots');
    const other = new Relay({ database: otherDatabase, bus: otherBus, log: SILENT });
    try {
      let total = 0;
      let writing = true;
      const write = async (into: Database) => {
        for (let round = 0; round < 10; round++) {
          const count = await appendCages(into, 20, 5);
          total += count;
        }
      };
      const work = async (one: Relay) => {
        while (writing || (await unpublished(database)) > 0) await one.pass();
      };
      await Promise.all([
        Promise.all([write(database), write(otherDatabase)]).then(() => {
          writing = false;
        }),
        work(relay),
        work(other),
      ]);
      const stored = await storedIn(bus, 'parrots');
      expect(stored.length).toBe(total);
      expect(outOfOrder(stored)).toEqual([]);
    } finally {
      other.close();
      await otherDatabase.close();
      await otherBus.stop();
    }
  });

  it('wait while one is at work', async () => {
    await append(database, cleaned(randomUUID(), 1));
    await database.inTransaction(async (tx) => {
      await tx.rows(`SELECT pg_advisory_xact_lock(x'6f757462'::int, 1)`);
      expect(await relay.pass()).toMatchObject({ state: 'standby', published: 0 });
    });
    expect(await drain()).toBe(1);
  });
});

describe('An event that the broker refuses for good', () => {
  /** Appends a small event and makes it large behind the back of the size check. */
  async function appendLarge(bytes: number): Promise<void> {
    const event = cleaned(randomUUID(), 1);
    await append(database, event);
    await database.inTransaction((tx) =>
      tx.run(
        `UPDATE outbox SET payload = payload || decode(repeat('20', $2::int), 'hex') WHERE aggregate = $1`,
        [`cage/${event.aggregateId}`, bytes],
      ),
    );
  }

  it.each([70_000, 1_200_000])(
    'is marked as refused and does not delay the others (%d bytes)',
    async (bytes) => {
      await append(database, cleaned(randomUUID(), 1));
      await appendLarge(bytes);
      await append(database, cleaned(randomUUID(), 1));
      expect(await drain()).toBe(2);
      expect(await countIn(bus, 'parrots')).toBe(2);
      const [refused, ...more] = await listRefused(database);
      expect(more).toEqual([]);
      expect(refused).toMatchObject({ type: 'parrots.cage.cleaned.v1', sequence: 1 });
      expect(refused?.reason).toMatch(/message size exceeds maximum|MAX_PAYLOAD_EXCEEDED/);
      expect(refused?.bytes).toBeGreaterThan(bytes);
      expect(await outboxStats(database)).toMatchObject({ backlog: 0, oldestSeconds: 0, refused: 1 });
    },
  );

  it('can be sent again by an operator, under its id', async () => {
    await appendLarge(70_000);
    await drain();
    const [refused] = await listRefused(database);
    const name = streamName(config.namespace, 'parrots');
    await bus.manager.streams.update(name, { max_msg_size: 100_000 });
    expect(await database.inTransaction((tx) => retryRefused(tx, [refused?.position ?? 0]))).toEqual([
      refused?.position,
    ]);
    expect(await drain()).toBe(1);
    expect(await listRefused(database)).toEqual([]);
    expect((await storedIn(bus, 'parrots')).map(({ id }) => id)).toEqual([refused?.eventId]);
  });

  it('is also one whose payload cannot be read', async () => {
    await append(database, cleaned(randomUUID(), 1));
    await database.inTransaction((tx) => tx.run(`UPDATE outbox SET payload = '\\x00'`));
    expect(await drain()).toBe(0);
    expect(await listRefused(database)).toMatchObject([{ reason: expect.stringContaining('encoding') }]);
  });
});

describe('A stream that is full', () => {
  it('delays only its own events, until there is room', async () => {
    const name = await bus.ensureStream('parrots');
    await bus.manager.streams.update(name, { max_msgs: 2 });
    const cage = randomUUID();
    await append(database, ...[1, 2, 3, 4].map((version) => cleaned(cage, version)), mail());
    await append(database, mail());
    const deadline = Date.now() + 5_000;
    while ((await unpublished(database)) > 2 && Date.now() < deadline) await relay.pass();
    expect(await countIn(bus, 'couriers')).toBe(2);
    expect(await countIn(bus, 'parrots')).toBe(2);
    expect(await outboxStats(database)).toMatchObject({ backlog: 2, refused: 0 });
    await bus.manager.streams.update(name, { max_msgs: -1 });
    while ((await unpublished(database)) > 0 && Date.now() < deadline) await relay.pass();
    const stored = await storedIn(bus, 'parrots');
    expect(stored.length).toBe(4);
    expect(outOfOrder(stored)).toEqual([]);
  });
});

describe('Old events', () => {
  it('are purged if they were published and are older than the retention period', async () => {
    await appendCages(database, 10, 2);
    await drain();
    await append(database, cleaned(randomUUID(), 1));
    expect(await purgeOnce(database, 7)).toEqual({ deleted: 0, done: true });
    await database.inTransaction((tx) =>
      tx.run(`UPDATE outbox SET published_at = published_at - interval '8 days' WHERE position <= 15`),
    );
    expect(await purgeOnce(database, 7)).toEqual({ deleted: 15, done: true });
    expect(await unpublished(database)).toBe(1);
  });
});

/** A database whose process dies between the acknowledgement and the mark. */
function failsAtMark(real: Database): Database {
  return {
    ...real,
    inTransaction: (work) =>
      real.inTransaction((tx) => {
        const crashing: Tx = {
          ...tx,
          run: (sql, bind) =>
            sql.includes('published_at = clock_timestamp()')
              ? Promise.reject(new Error('crashed'))
              : tx.run(sql, bind),
        };
        return work(crashing);
      }),
  };
}
