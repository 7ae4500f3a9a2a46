/**
 * Scenarios that every consumer must pass. Each plays a fixture's events to an empty database, and
 * its result is compared with the reference.
 */
import { redrive } from '#mixins/consumer/dead-letters.ts';
import type { Delivery } from '#mixins/consumer/definition.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { until } from '../wait.ts';
import { type EncodedEvent, unreadable } from './encode.ts';
import { chunks, shuffled } from './lists.ts';
import type { MemoryDurable } from './memory-durable.ts';
import type { NodeHooks } from './node.ts';
import type { Setting } from './setting.ts';

const HARNESS = causeOf('harness');

/** Events in a batch where a scenario wants several batches. */
const SMALL_BATCH = 7;
/** A run counts as stuck after this many deliveries of all unacknowledged events. */
const MAX_ROUNDS = 20;

export type ScenarioName =
  | 'in small batches'
  | 'singly'
  | 'delivered twice'
  | 'out of order'
  | 'crash before the commit'
  | 'crash between commit and acknowledgement'
  | 'a batch overlaps its own redelivery'
  | 'poison in the middle'
  | 'a bug in the middle, redriven'
  | 'a process-killer in the middle, redriven';

/** Plays the events. The state is compared afterwards. An error is also a failure. */
export type Scenario = (setting: Setting, events: readonly EncodedEvent[], seed: number) => Promise<void>;

/** Redelivers unacknowledged events repeatedly, as a broker does. */
async function settle(setting: Setting, durable: MemoryDurable, hooks?: NodeHooks): Promise<void> {
  let node = setting.node(hooks);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const open = durable.unacknowledged;
    if (open.length === 0) return;
    if (node.dead) node = setting.node(hooks);
    await node.receive(durable, open);
  }
  throw new Error(
    `Still ${durable.unacknowledged.length} events unacknowledged after ${MAX_ROUNDS} deliveries`,
  );
}

/**
 * Plays one batch after the other. Another node replaces a dead one, and unacknowledged events are
 * delivered again at the end.
 */
async function play(
  setting: Setting,
  durable: MemoryDurable,
  batches: readonly (readonly EncodedEvent[])[],
  hooks: NodeHooks = {},
): Promise<void> {
  let node = setting.node(hooks);
  for (const batch of batches) {
    if (node.dead) node = setting.node(hooks);
    await node.receive(durable, batch);
  }
  await settle(setting, durable);
}

/** The reference: all events in order, in one batch, without failures. */
export const reference: Scenario = async (setting, events) => {
  const durable = setting.durable(events);
  await play(setting, durable, [events]);
};

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  'in small batches': async (setting, events) => {
    await play(setting, setting.durable(events), chunks(events, SMALL_BATCH));
  },

  singly: async (setting, events) => {
    await play(setting, setting.durable(events), chunks(events, 1));
  },

  'delivered twice': async (setting, events) => {
    const durable = setting.durable(events);
    // Twice in one batch, then again to another node, singly and together.
    await play(
      setting,
      durable,
      chunks(
        events.flatMap((event) => [event, event]),
        2 * SMALL_BATCH,
      ),
    );
    durable.forget();
    await play(setting, durable, [...chunks(events.slice(0, SMALL_BATCH), 1), events]);
  },

  'out of order': async (setting, events, seed) => {
    const mixed = shuffled(events, seed);
    await play(setting, setting.durable(events), [
      ...chunks(mixed.slice(0, 3), 1),
      ...chunks(mixed.slice(3), SMALL_BATCH),
    ]);
  },

  'crash before the commit': async (setting, events) => {
    const hooks: NodeHooks = { after: (_, node) => node.die() };
    await play(setting, setting.durable(events), chunks(events, SMALL_BATCH), hooks);
  },

  'crash between commit and acknowledgement': async (setting, events) => {
    const hooks: NodeHooks = { committed: (node) => node.die() };
    await play(setting, setting.durable(events), chunks(events, SMALL_BATCH), hooks);
  },

  'a batch overlaps its own redelivery': async (setting, events) => {
    const durable = setting.durable(events);
    for (const batch of chunks(events, 2 * SMALL_BATCH)) {
      await overlap(setting, durable, batch, batch);
    }
    // Another split of the events: the first node has not handled some of them, and has handled
    // others.
    await overlap(setting, durable, events, events.slice(Math.floor(events.length / 2)));
    await settle(setting, durable);
  },

  'poison in the middle': async (setting, events) => {
    const contract = setting.readContract(events);
    const middle = Math.floor(events.length / 2);
    const poison = unreadable(contract);
    const all = [...events.slice(0, middle), poison, ...events.slice(middle)];
    await play(setting, setting.durable(all), [all]);
    await setting.expectDeadLettered([poison]);
  },

  'a bug in the middle, redriven': async (setting, events) => {
    const culprit = setting.newestInTheMiddle(events);
    const fail = (batch: readonly Delivery[]) => {
      if (batch.some(({ id }) => id === culprit.id)) throw new TypeError('A bug that one event meets');
    };
    await settle(setting, setting.durable(events), { before: fail });
    await setting.expectDeadLettered([culprit]);
    await expectRedriveOnce(setting);
  },

  'a process-killer in the middle, redriven': async (setting, events) => {
    const culprit = setting.newestInTheMiddle(events);
    const kill: NodeHooks['before'] = (batch, node) => {
      if (batch.some(({ id }) => id === culprit.id)) node.die();
    };
    await settle(setting, setting.durable(events), { before: kill });
    await setting.expectDeadLettered([culprit]);
    await expectRedriveOnce(setting);
  },
};

/**
 * The first node pauses before its commit until the second waits for it, or has handled the same
 * events.
 */
async function overlap(
  setting: Setting,
  durable: MemoryDurable,
  first: readonly EncodedEvent[],
  second: readonly EncodedEvent[],
): Promise<void> {
  const gate = Promise.withResolvers<void>();
  let atGate = false;
  const slow = setting.node({
    after: async () => {
      atGate = true;
      await gate.promise;
    },
  });
  let firstEnded = false;
  const one = slow.receive(durable, first).finally(() => {
    firstEnded = true;
  });
  await until(() => atGate || firstEnded, { what: 'the first node to reach its commit' });
  let handled = false;
  const other = setting.node({
    after: () => {
      handled = true;
    },
  });
  const two = other.receive(durable, second).finally(() => {
    handled = true;
  });
  await until(async () => handled || (await setting.isWaitingForLock()), {
    every: 2,
    what: 'the nodes to overlap',
  });
  gate.resolve();
  await Promise.all([one, two]);
}

/** The cause is fixed: an operator redrives every dead letter, twice. */
async function expectRedriveOnce(setting: Setting): Promise<void> {
  const { context } = setting.node();
  const source = { database: setting.database, contextOf: () => context, workOf: () => undefined };
  for (const { id } of await setting.deadLetters()) {
    const both = await Promise.allSettled([redrive(source, id, HARNESS), redrive(source, id, HARNESS)]);
    const succeeded = both.filter(({ status }) => status === 'fulfilled').length;
    if (succeeded !== 1) throw new Error(`Of two redrives at once ${succeeded} succeeded`, { cause: both });
  }
  // The redrives' own events are not effects of the consumer, so they are not compared.
  await setting.database.inTransaction((tx) =>
    tx.run(`DELETE FROM outbox WHERE aggregate LIKE 'dead-letter/%'`),
  );
}
