/** A service whose database was restored to an older state than NATS. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '#mixins/bus/bus.ts';
import { noteAhead, raiseEpoch, readEpoch, STREAMS_BUCKET, skipOrphans } from '#mixins/bus/epochs.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Tx } from '#mixins/database/database.ts';
import { SILENT } from '#mixins/log.ts';
import { streamName, subjectOf } from '#mixins/names.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { until } from '../../test/harness/wait.ts';
import { skipOrphansOf, streamsAhead } from './orphans.ts';
import {
  append,
  cageCleaned,
  cleaned,
  countIn,
  mail,
  type OpenDatabase,
  openDatabase,
  storedIn,
  unpublished,
} from './outbox.fixture.ts';
import { Relay } from './relay.ts';
import { RelayLoop } from './relay-loop.ts';

const CAGE = randomUUID();

let config: Config;
let bus: Bus;
let database: OpenDatabase;
let errors: string[];
const relays: Relay[] = [];

beforeEach(async () => {
  errors = [];
  config = testConfig();
  bus = createBus(config);
  await bus.start();
  database = await openDatabase(config, 'parrots');
  for (let version = 1; version <= 5; version++) await append(database, cleaned(CAGE, version));
  await drain(relay());
});
afterEach(async () => {
  for (const each of relays.splice(0)) each.close();
  await database.close();
  await bus.stop();
  await dropNamespace(config);
});

/** That of a node that has just started. */
function relay(): Relay {
  const started = new Relay({ database, bus, log: { ...SILENT, error: (text) => errors.push(text) } });
  relays.push(started);
  return started;
}

async function drain(by: Relay): Promise<void> {
  for (let pass = await by.pass(); pass.more || (await unpublished(database)) > 0; ) pass = await by.pass();
}

/** Messages that are no events of ours. */
async function fill(count: number): Promise<void> {
  const subject = subjectOf(config.namespace, cageCleaned.type);
  for (let left = count; left > 0; left -= 200) {
    const some = Array.from({ length: Math.min(left, 200) }, () => bus.jetstream.publish(subject, 'noise'));
    await Promise.all(some);
  }
}

/** The stream is deleted and made again while the connection is up. */
async function loseStream(): Promise<void> {
  await bus.manager.streams.delete(streamName(bus.namespace, 'parrots'));
  await bus.ensureStream('parrots');
}

/** As a backup has the database that was made after the first `kept` events were published. */
async function restore(kept: number, refused = 0): Promise<void> {
  await database.inTransaction(async (tx) => {
    await tx.run('DELETE FROM outbox WHERE sequence > $1::int AND sequence <> $2::int', [kept, refused]);
    await tx.run(
      `UPDATE outbox SET published_at = NULL, stream_sequence = NULL, stream_epoch = NULL, refused_at = now(), refused_reason = 'too large'
        WHERE sequence = $1::int`,
      [refused],
    );
    await setLast(tx, kept);
  });
}

/** Makes an event the last one that the relay has published. */
async function setLast(tx: Tx, sequence: number): Promise<void> {
  await tx.run(
    `UPDATE outbox_stream SET highest_sequence = $1::int, highest_event_id = (SELECT event_id FROM outbox WHERE sequence = $1::int)`,
    [sequence],
  );
}

describe('a new database beside an existing stream', () => {
  it('G22: is recognised at the start, before anything is published', async () => {
    await database.inTransaction(async (tx) => {
      for (const table of ['outbox', 'outbox_stream']) await tx.run(`DELETE FROM ${table}`);
    });
    await relay().pass();
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [1, 5] }]);
    expect(errors).toEqual([expect.stringContaining('between 1 and 5')]);
  });
});

const AHEAD = /^The stream of parrots is ahead of this database, .* between 3 and 5 .* orphans parrots$/;

describe('a database that was restored to an older state than its stream', () => {
  beforeEach(() => restore(2));

  it('G22: is recognised at the start, and reported at every start until it is repaired', async () => {
    await drain(relay());
    expect(errors).toEqual([expect.stringMatching(AHEAD)]);
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [3, 5] }]);
    // What is published meanwhile hides nothing.
    await append(database, cleaned(CAGE, 3, 'another one'));
    await drain(relay());
    await drain(relay());
    expect(errors).toHaveLength(3);
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [3, 5] }]);
    expect(await countIn(bus, 'parrots')).toBe(6);
  });

  it('G22: is repaired exactly once, by a higher epoch that consumers follow from the beginning', async () => {
    await drain(relay());
    await append(database, cleaned(CAGE, 3, 'another one'));
    await drain(relay());
    const before = await readEpoch(bus, 'parrots');
    const [ahead] = await streamsAhead(database, bus);
    if (ahead === undefined) throw new Error('It is not ahead');
    expect(await skipOrphansOf(database, bus, ahead)).toEqual([[3, 5]]);
    const after = await readEpoch(bus, 'parrots');
    expect(after).toMatchObject({ orphans: [[3, 5]], ahead: {} });
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(after.changes.at(-1)?.firstLost).toBe(1);
    expect(await streamsAhead(database, bus)).toEqual([]);
    // Again, as after a crash in between.
    expect(await skipOrphansOf(database, bus, ahead)).toEqual([[3, 5]]);
    errors.length = 0;
    await drain(relay());
    expect(errors).toEqual([]);
    expect(await streamsAhead(database, bus)).toEqual([]);
    expect(await countIn(bus, 'parrots')).toBe(6);
  });

  it('G22: is not noted again by a look that began before the repair', async () => {
    await drain(relay());
    const { epoch } = await readEpoch(bus, 'parrots');
    for (const ahead of await streamsAhead(database, bus)) await skipOrphansOf(database, bus, ahead);
    const repaired = await readEpoch(bus, 'parrots');
    await noteAhead(bus, 'parrots', 'parrots', [3, 5], epoch);
    expect(await readEpoch(bus, 'parrots')).toEqual(repaired);
  });

  it('G22: is noted once, because each change of the note makes every relay look again', async () => {
    await drain(relay());
    const revision = async () => (await (await bus.bucket(STREAMS_BUCKET)).get('parrots'))?.revision;
    const noted = await revision();
    for (let look = 0; look < 3; look++) {
      // Something that is no event of ours, at the end of the stream.
      await bus.jetstream.publish(subjectOf(config.namespace, cageCleaned.type), 'noise');
      await relay().pass();
    }
    expect(await revision()).toBe(noted);
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [3, 5] }]);
  });

  it('G22: keeps the list of skipped events when the stream loses its tail later', async () => {
    await drain(relay());
    for (const ahead of await streamsAhead(database, bus)) await skipOrphansOf(database, bus, ahead);
    const { epoch } = await readEpoch(bus, 'parrots');
    await raiseEpoch(bus, 'parrots', epoch, 6);
    expect((await readEpoch(bus, 'parrots')).orphans).toEqual([[3, 5]]);
  });

  it('G22: skips no event that takes the place of a skipped one after the stream was deleted', async () => {
    await drain(relay());
    for (const ahead of await streamsAhead(database, bus)) await skipOrphansOf(database, bus, ahead);
    const running = relay();
    await drain(running);
    // The stream is refilled before the loss is noticed.
    await loseStream();
    for (let version = 3; version <= 9; version++) await append(database, cleaned(CAGE, version));
    await drain(running);
    expect(await countIn(bus, 'parrots')).toBe(9);
    expect((await readEpoch(bus, 'parrots')).orphans).toEqual([]);
  });

  it('G22: goes on skipping the events that a stream with a refilled end has kept', async () => {
    await drain(relay());
    await skipOrphans(bus, 'parrots', 'parrots', [[3, 5]]);
    await skipOrphans(bus, 'parrots', 'couriers', [[7, 8]]);
    await append(database, cleaned(CAGE, 3), cleaned(CAGE, 4), cleaned(CAGE, 5));
    await drain(relay());
    const { epoch } = await readEpoch(bus, 'parrots');
    await raiseEpoch(bus, 'parrots', epoch, 9);
    expect((await readEpoch(bus, 'parrots')).orphans).toEqual([[3, 5]]);
  });

  it('G22: is recognised although others have filled the end of the stream', async () => {
    await fill(1_000);
    await relay().pass();
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [3, 1_005] }]);
  });

  it('G22: has no note about sequences that the stream has lost', async () => {
    await drain(relay());
    await noteAhead(bus, 'parrots', 'couriers', [4, 9], 0);
    await noteAhead(bus, 'parrots', 'billing', [6, 9], 0);
    await raiseEpoch(bus, 'parrots', 0, 6);
    expect((await readEpoch(bus, 'parrots')).ahead).toEqual({ parrots: [3, 5], couriers: [4, 5] });
  });

  it('G22: publishes nothing that would hide its orphaned events while the bucket of epochs does not answer', async () => {
    await append(database, cleaned(CAGE, 3, 'another one'));
    let isAway = true;
    const failing = new Proxy(bus, {
      get(_, key: keyof Bus) {
        if (key === 'bucket' && isAway) return () => Promise.reject(new Error('away'));
        const value = bus[key];
        return typeof value === 'function' ? value.bind(bus) : value;
      },
    });
    const started = new Relay({ database, bus: failing, log: SILENT });
    relays.push(started);
    for (let pass = 0; pass < 4; pass++) await started.pass();
    expect(await countIn(bus, 'parrots')).toBe(5);
    expect(started.failing).toEqual(['parrots']);
    isAway = false;
    started.distrust();
    await drain(started);
    expect(await countIn(bus, 'parrots')).toBe(6);
    expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [3, 5] }]);
  });
});

describe('a restored database with an event that was refused before the backup, and sent again after it', () => {
  it('G22: is recognised, and stays noted, although the outbox holds the newest event of the stream', async () => {
    await append(database, cleaned(CAGE, 6));
    await drain(relay());
    await restore(2, 6);
    for (let start = 0; start < 2; start++) {
      await relay().pass();
      expect(await streamsAhead(database, bus)).toEqual([{ stream: 'parrots', between: [3, 6] }]);
    }
    expect(errors).toHaveLength(2);
  });
});

describe('a note of orphaned events that was made with another database', () => {
  it.each([
    ['the last event', [3, 5]],
    ['every event', [1, 5]],
    ['more than the stream has', [3, 9]],
  ] as const)(
    'G22: is withdrawn if the outbox holds the newest event of its range, here %s',
    async (_, [first, last]) => {
      const before = await readEpoch(bus, 'parrots');
      await noteAhead(bus, 'parrots', 'parrots', [first, last], 0);
      await noteAhead(bus, 'parrots', 'couriers', [4, 4], 0);
      await drain(relay());
      const after = await readEpoch(bus, 'parrots');
      expect(after.ahead).toEqual({ couriers: [4, 4] });
      // Consumers read again what they skipped.
      expect(after.epoch).toBeGreaterThan(before.epoch);
      expect(after.changes.at(-1)).toEqual({ epoch: after.epoch, firstLost: first });
      expect(errors).toEqual([]);
      await drain(relay());
      expect(await readEpoch(bus, 'parrots')).toEqual(after);
      expect(await countIn(bus, 'parrots')).toBe(5);
    },
  );

  it('G22: is withdrawn by a running relay', async () => {
    const loop = new RelayLoop({ database, bus, log: SILENT });
    loop.start();
    try {
      await until(async () => loop.progress.state(performance.now()).is === 'idle');
      await noteAhead(bus, 'parrots', 'parrots', [3, 5], 0);
      await until(async () => (await readEpoch(bus, 'parrots')).ahead?.parrots === undefined);
    } finally {
      await loop.stop();
    }
  });

  it('G22: is withdrawn once, because a node with another database notes it again at once', async () => {
    await noteAhead(bus, 'parrots', 'parrots', [3, 5], 0);
    await drain(relay());
    const { epoch } = await readEpoch(bus, 'parrots');
    await noteAhead(bus, 'parrots', 'parrots', [3, 5], epoch);
    const again = await readEpoch(bus, 'parrots');
    expect(again.ahead).toEqual({ parrots: [3, 5] });
    await drain(relay());
    expect(await readEpoch(bus, 'parrots')).toEqual(again);
    expect(errors).toEqual([expect.stringMatching(AHEAD)]);
  });

  it('G22: is withdrawn, and nothing is noted again, even if published events have left the outbox', async () => {
    await database.inTransaction((tx) => tx.run('DELETE FROM outbox'));
    await noteAhead(bus, 'parrots', 'parrots', [3, 5], 0);
    await drain(relay());
    await drain(relay());
    expect((await readEpoch(bus, 'parrots')).ahead).toEqual({});
    expect(errors).toEqual([]);
    await append(database, cleaned(CAGE, 6));
    await drain(relay());
    expect(await countIn(bus, 'parrots')).toBe(6);
  });
});

describe('a note that cannot be true', () => {
  it.each([
    ['above the last one', [7, 9]],
    ['without an event of the service', [6, 6]],
  ] as const)('G22: is withdrawn if its range is %s', async (_, [first, last]) => {
    await bus.jetstream.publish(subjectOf(config.namespace, cageCleaned.type), 'noise');
    await noteAhead(bus, 'parrots', 'parrots', [first, last], 0);
    await drain(relay());
    expect((await readEpoch(bus, 'parrots')).ahead).toEqual({});
  });

  it('G22: is cut behind the last message of the stream, from where consumers read again', async () => {
    await restore(2);
    await noteAhead(bus, 'parrots', 'parrots', [3, Number.MAX_SAFE_INTEGER], 0);
    await drain(relay());
    const { epoch, ahead, changes } = await readEpoch(bus, 'parrots');
    expect(ahead).toEqual({ parrots: [3, 5] });
    expect(changes.at(-1)).toEqual({ epoch, firstLost: 6 });
  });

  it('G22: is settled by an operator, however large it is', async () => {
    await restore(2);
    const between = [3, Number.MAX_SAFE_INTEGER] as const;
    expect(await skipOrphansOf(database, bus, { stream: 'parrots', between })).toEqual([[3, 5]]);
  });

  it('G22: is withdrawn by a running relay in a stream to which its outbox has published nothing', async () => {
    await bus.ensureStream('couriers');
    await bus.jetstream.publish(subjectOf(config.namespace, mail().contract.type), 'noise');
    const loop = new RelayLoop({ database, bus, log: SILENT });
    loop.start();
    try {
      await until(async () => loop.progress.state(performance.now()).is === 'idle');
      await noteAhead(bus, 'couriers', 'parrots', [1, 1], 0);
      await until(async () => (await readEpoch(bus, 'couriers')).ahead?.parrots === undefined);
    } finally {
      await loop.stop();
    }
  });
});

describe('a stream that lost its tail after older events have left the outbox', () => {
  it('G22: is not ahead, because the events that it has kept are not orphaned', async () => {
    await database.inTransaction((tx) => tx.run('DELETE FROM outbox'));
    await append(database, cleaned(CAGE, 6), cleaned(CAGE, 7));
    // As if the stream had lost the two.
    await database.inTransaction(async (tx) => {
      await tx.run(
        'UPDATE outbox SET published_at = now(), stream_sequence = sequence, stream_epoch = 0 WHERE sequence > 5',
      );
      await setLast(tx, 7);
    });
    await drain(relay());
    await drain(relay());
    expect(errors).toEqual([]);
    expect(await streamsAhead(database, bus)).toEqual([]);
    expect(await countIn(bus, 'parrots')).toBe(7);
  });
});

describe('a database whose relay died between publishing and its commit', () => {
  it('G22: has no orphaned events: the outbox holds them', async () => {
    await database.inTransaction(async (tx) => {
      await tx.run(
        'UPDATE outbox SET published_at = NULL, stream_sequence = NULL, stream_epoch = NULL WHERE sequence > 2',
      );
      await setLast(tx, 2);
    });
    await drain(relay());
    expect(errors).toEqual([]);
    expect(await streamsAhead(database, bus)).toEqual([]);
    expect(await countIn(bus, 'parrots')).toBe(5);
  });
});

describe('events of other services after our last one', () => {
  it('G22: do not count as orphaned', async () => {
    const couriers = await openDatabase(config, 'couriers');
    const theirs = new Relay({
      database: couriers,
      bus,
      log: { ...SILENT, error: (text) => errors.push(text) },
    });
    try {
      // Both services request mails, so each meets the other's requests in that stream.
      await append(couriers, mail());
      await theirs.pass();
      await theirs.pass();
      await append(database, mail(), mail());
      await drain(relay());
      await theirs.pass();
      expect((await storedIn(bus, 'couriers')).map(({ source }) => source)).toEqual([
        'couriers',
        'parrots',
        'parrots',
      ]);
      theirs.distrust();
      await theirs.pass();
      expect(errors).toEqual([]);
      expect(await streamsAhead(couriers, bus)).toEqual([]);
    } finally {
      theirs.close();
      await couriers.close();
    }
  });
});
