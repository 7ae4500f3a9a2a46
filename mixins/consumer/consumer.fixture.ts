/**
 * Toy consumers on real servers: a namespace of a test's own, its database, its bus, nodes that can
 * be stopped.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { headers as natsHeaders } from 'nats';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import { streamName } from '#mixins/names.ts';
import type { Platform } from '#mixins/platform.ts';
import type { Traces } from '#mixins/tracing/traces.ts';
import { Turns } from '#mixins/turns.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { type EncodedEvent, encode, registerSchemas } from '../../test/harness/consumers/encode.ts';
import type { FixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { fed, renamed, TOY_MIGRATIONS, TOY_SERVICE, toyConsumers } from '../../test/harness/consumers/toy.ts';
import { Consumer } from './consumer.ts';
import type { ConsumerDefinition, ConsumerSettings } from './definition.ts';

export const silent = { debug() {}, info() {}, warn() {}, error() {}, fatal() {} };

const noIdentity = {
  start: async () => {},
  stop: async () => {},
  verify: () => Promise.reject(new Error('Consumers verify no tokens')),
  learn: () => Promise.reject(new Error('Consumers announce no tokens')),
  publicKeys: () => [],
  takeUses: () => ({}),
};

export async function openNode(config: Config): Promise<ToyNode> {
  const log = { info() {}, warn() {}, error() {} };
  const lifecycle = new DatabaseLifecycle({ config, service: TOY_SERVICE, migrations: TOY_MIGRATIONS, log });
  const bus = createBus(config);
  await bus.start();
  return new ToyNode({ config, bus, identity: noIdentity }, await lifecycle.open(), lifecycle);
}

/** One node: a connection to each server, and consumers. */
export class ToyNode {
  readonly platform: Platform;
  readonly database: Database;
  readonly alarms: string[] = [];
  /** What consumers logged at `info` and `warn`. */
  readonly lines: string[] = [];
  readonly #lifecycle: DatabaseLifecycle;
  readonly #consumers: Consumer[] = [];

  constructor(platform: Platform, database: Database, lifecycle: DatabaseLifecycle) {
    this.platform = platform;
    this.database = database;
    this.#lifecycle = lifecycle;
  }

  consume(
    key: string,
    definition: ConsumerDefinition = toyConsumers[key as keyof typeof toyConsumers],
    settings: Partial<ConsumerSettings> = {},
    traces?: Traces,
  ): Consumer {
    const noting =
      (lines: string[]) =>
      (...args: unknown[]) =>
        void lines.push(args.join(' '));
    const logger = {
      ...silent,
      info: noting(this.lines),
      warn: noting(this.lines),
      fatal: noting(this.alarms),
    };
    const { database, platform } = this;
    const parts = { service: TOY_SERVICE, key, definition, database, platform, logger, settings, traces };
    const consumer = new Consumer({ ...parts, mutex: new Turns(1) });
    this.#consumers.push(consumer);
    consumer.start();
    return consumer;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    await this.platform.bus.stop();
    await this.#lifecycle.close();
  }
}

/** A test's own system of toys. */
export class ToySystem {
  readonly config: Config;
  readonly node: ToyNode;
  readonly #others: ToyNode[] = [];
  readonly #children: ChildProcess[] = [];

  private constructor(config: Config, node: ToyNode) {
    this.config = config;
    this.node = node;
  }

  static async open(overrides: Partial<Config> = {}): Promise<ToySystem> {
    const config = testConfig(overrides);
    const system = new ToySystem(config, await openNode(config));
    await system.bus.ensureStream(TOY_SERVICE);
    await registerSchemas(system.bus, [fed(1, 1, 1), renamed(1, 1, '')]);
    return system;
  }

  get bus() {
    return this.node.platform.bus;
  }

  get database(): Database {
    return this.node.database;
  }

  get stream(): string {
    return streamName(this.config.namespace, TOY_SERVICE);
  }

  async anotherNode(): Promise<ToyNode> {
    const node = await openNode(this.config);
    this.#others.push(node);
    return node;
  }

  /**
   * A node in a process of its own, which `kill` ends with SIGKILL. Resolves when its consumer
   * runs.
   */
  async child(key: string, settings: Partial<ConsumerSettings> = {}): Promise<ChildProcess> {
    const script = new URL('./node.fixture.ts', import.meta.url).pathname;
    const argument = JSON.stringify({ config: this.config, key, settings });
    const child = spawn(process.execPath, [script, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    return child;
  }

  /**
   * Publishes in order, without an outbox, as another service: events of its own that its outbox
   * lacks are skipped as orphaned.
   */
  async publish(events: readonly (FixtureEvent | EncodedEvent)[]): Promise<EncodedEvent[]> {
    const encoded = events.map((event) => ('payload' in event ? event : encode(event, { source: 'feeder' })));
    for (let from = 0; from < encoded.length; from += 200) {
      await Promise.all(encoded.slice(from, from + 200).map((event) => this.#publishOne(event)));
    }
    return encoded;
  }

  async #publishOne(event: EncodedEvent): Promise<void> {
    const headers = natsHeaders();
    for (const [name, value] of Object.entries(event.headers)) headers.set(name, value);
    await this.bus.jetstream.publish(`${this.config.namespace}.${event.type}`, event.payload, { headers });
  }

  async count(sql: string, bind: readonly unknown[] = []): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${sql}`,
      bind,
    );
    return row?.count ?? 0;
  }

  /** Applied feedings, and their sum by the totals: both reveal a repetition. */
  async feedings(): Promise<{ lines: number; seeds: number }> {
    const [row] = await this.database.rows<{ lines: number; seeds: number }>(
      `SELECT (SELECT count(*) FROM feeding)::int AS lines, (SELECT coalesce(sum(seeds), 0) FROM parrot_total)::int AS seeds`,
    );
    return row ?? { lines: 0, seeds: 0 };
  }

  consumerInfo(key: string) {
    return this.bus.manager.consumers.info(this.stream, `${TOY_SERVICE}-${key}`);
  }

  async close(): Promise<void> {
    const ended = this.#children.filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(
      ended.map(async (child) => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
    await Promise.all([this.node, ...this.#others].map((node) => node.stop()));
    await dropNamespace(this.config);
  }
}

/** `count` feedings of one seed each, of `parrots` parrots. */
export function feedings(count: number, parrots: number): FixtureEvent[] {
  return Array.from({ length: count }, (_, index) =>
    fed(index % parrots, Math.floor(index / parrots) + 1, 1),
  );
}
