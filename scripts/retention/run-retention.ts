/**
 * Archives old history of a running system, then removes it (ADR 44). Nothing is lost if it ends
 * between any two of its steps: what is removed is in an archive that is on disk.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { addressesToProvision } from '#mixins/database/address.ts';
import { makeSequelize } from '#mixins/database/sequelize.ts';
import { makeDatabase } from '#mixins/database/transaction.ts';
import { streamName } from '#mixins/names.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import { retainedDeadLetters } from '#mixins/retention/dead-letters.store.ts';
import type { RetainedRows, Retention } from '#mixins/retention/retained.ts';
import type { Config } from '../../config.ts';
import { defaultIn, VERSION } from '../../product.ts';
import { connectTo } from '../backup/connection.ts';
import { running } from '../backup/running.ts';
import { assertSystem } from '../launcher/assert-system.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { loadServiceFacts, type ServiceFacts } from '../nats/service-facts.ts';
import { withDatabase } from '../provision/databases.ts';
import { type ArchivedPart, archivePart, linesOf, makeArchive, sealArchive } from './archive.ts';
import { type ArchivedRow, countDue, type Given, removeRows, rowsDue } from './rows.ts';
import { planOf, type StreamFacts, type StreamPlan } from './stream-plan.ts';
import {
  cutStream,
  eventsBetween,
  factsOf,
  type KnownOfStream,
  type Limit,
  liftLimit,
  MARGIN_MS,
} from './streams.ts';

const DAY_MS = 86_400_000;

export interface RetentionOptions {
  readonly config: Config;
  /** The folder for archives. Null: only say what would be removed. */
  readonly folder: string | null;
  /** `operator:<user>@<host>` */
  readonly by: string;
  /** Gets a line for each part. */
  readonly print: (line: string) => void;
  /** Length of a day and of the margin of streams, in milliseconds. Tests set shorter ones. */
  readonly dayMs?: number;
  readonly marginMs?: number;
}

/** A stream with its plan, or rows of a service. */
interface StreamPart {
  readonly is: 'stream';
  readonly service: string;
  readonly days: number;
  readonly facts: StreamFacts;
  readonly plan: StreamPlan;
}
interface RowsPart {
  readonly is: 'rows';
  readonly service: string;
  readonly days: number;
  readonly retained: RetainedRows;
  readonly count: number;
}
type Part = StreamPart | RowsPart;

/**
 * Returns whether nothing was refused. Throws `LaunchError`, and errors of servers and the disk.
 */
export async function runRetention(options: RetentionOptions): Promise<boolean> {
  const config = running(options.config);
  await assertSystem(config);
  const run = new Run({ ...options, config });
  try {
    await run.open();
    return await run.all();
  } finally {
    await run.close();
  }
}

/** One run, with its connections. */
class Run {
  readonly #options: RetentionOptions;
  readonly #config: Config;
  readonly #dayMs: number;
  readonly #at = new Date();
  readonly #bus: Bus;
  readonly #clients = new Map<string, pg.Client>();
  #facts: readonly ServiceFacts[] = [];
  readonly #retentions = new Map<string, Retention>();

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#dayMs = options.dayMs ?? DAY_MS;
    const log = { info() {}, warn: options.print, error: options.print };
    this.#bus = createBus(options.config, log, { observer: true });
  }

  async open(): Promise<void> {
    const { product } = this.#config;
    await this.#bus.start();
    this.#facts = await loadServiceFacts(product);
    for (const service of withDatabase(product, [...product.services.keys()])) {
      this.#clients.set(service, await connectTo(addressesToProvision(this.#config, service).owner));
      const folder = product.services.get(service) as URL;
      this.#retentions.set(service, (await defaultIn<Retention>(folder, 'retention.store.ts')) ?? {});
    }
  }

  async close(): Promise<void> {
    await this.#bus.stop();
    await Promise.all([...this.#clients.values()].map((client) => client.end().catch(() => undefined)));
  }

  async all(): Promise<boolean> {
    const { folder, print } = this.#options;
    const parts = [...(await this.#planStreams()), ...(await this.#planRows())];
    for (const part of parts) for (const line of linesAbout(part)) print(line);
    if (parts.length === 0) print('Nothing is ever removed: no RETENTION_<WHAT>_DAYS is set');
    const isRefused = parts.some((part) => part.is === 'stream' && part.plan.is === 'refused');
    const due = parts.filter((part) => (part.is === 'stream' ? part.plan.is === 'due' : part.count > 0));
    if (folder !== null && due.length > 0) await this.#archiveAndRemove(folder, due);
    return !isRefused;
  }

  #before = (days: number) => new Date(this.#at.getTime() - days * this.#dayMs);

  #limitOf(days: number): Limit {
    // The limit is relative to the clock, and all parts of a run go by its start.
    const keepMs = days * this.#dayMs + (Date.now() - this.#at.getTime());
    return { keepMs, marginMs: this.#options.marginMs ?? MARGIN_MS };
  }

  async #planStreams(): Promise<StreamPart[]> {
    const days = this.#config.retentionStreamsDays;
    if (days === null) return [];
    const publishing = this.#facts.filter(({ publishes }) => publishes);
    const parts: StreamPart[] = [];
    for (const { name } of publishing) parts.push(await this.#planStream(name, days));
    return parts;
  }

  /** An own limit of the stream's operator stays. One that a killed run left does not. */
  async #planStream(service: string, days: number): Promise<StreamPart> {
    await liftLimit(this.#bus, streamName(this.#config.namespace, service));
    const known = await this.#knownOf(service);
    const facts = await factsOf(this.#bus, service, this.#facts, known, this.#limitOf(days));
    return { is: 'stream', service, days, facts, plan: planOf(facts) };
  }

  async #knownOf(service: string): Promise<KnownOfStream> {
    const epochs = new Map<string, number>();
    const snapshots = new Map<string, { position: number; epoch: number }>();
    for (const [reader, client] of this.#clients) {
      const followed = await client.query<{ consumer: string; epoch: number }>(
        `SELECT consumer, epoch FROM consumer_epoch`,
      );
      for (const { consumer, epoch } of followed.rows) epochs.set(consumer, Number(epoch));
      const { rebuildStart } = this.#retentions.get(reader) ?? {};
      if (rebuildStart === undefined) continue;
      const positions = await client.query<{ stream: string; position: number; epoch: number }>(
        rebuildStart.positions,
      );
      const own = positions.rows.find(({ stream }) => stream === service);
      if (own !== undefined)
        snapshots.set(reader, { position: Number(own.position), epoch: Number(own.epoch) });
    }
    return { epochs, snapshots };
  }

  async #planRows(): Promise<RowsPart[]> {
    const firsts = await this.#firsts();
    const parts: RowsPart[] = [];
    for (const [service, client] of this.#clients) {
      const own = this.#retentions.get(service)?.rows ?? [];
      for (const retained of [retainedDeadLetters, ...own]) {
        const days = retained.days(this.#config);
        if (days === null) continue;
        const count = await countDue(client, retained, { before: this.#before(days), firsts });
        parts.push({ is: 'rows', service, days, retained, count });
      }
    }
    return parts;
  }

  async #firsts(): Promise<Given['firsts']> {
    const names = this.#facts.filter(({ publishes }) => publishes).map(({ name }) => name);
    const streams = names.map((name) => streamName(this.#config.namespace, name));
    const infos = await Promise.all(streams.map((stream) => this.#bus.manager.streams.info(stream)));
    return Object.fromEntries(infos.map(({ config, state }) => [config.name, Math.max(1, state.first_seq)]));
  }

  async #archiveAndRemove(parent: string, due: readonly Part[]): Promise<void> {
    const { product, namespace } = this.#config;
    const { by, print } = this.#options;
    const folder = await makeArchive(parent, namespace, this.#at);
    const given = { firsts: await this.#firsts() };
    const archived: { readonly part: Part; readonly stored: ArchivedPart }[] = [];
    for (const part of due) archived.push({ part, stored: await this.#archive(folder, part, given) });
    const parts = archived.map(({ stored }) => stored);
    const at = this.#at.toISOString();
    const sha256 = await sealArchive(folder, {
      product: product.name,
      namespace,
      version: VERSION,
      by,
      at,
      parts,
    });
    print(`The archive ${folder} is complete, SHA-256 ${sha256}`);
    for (const { part, stored } of archived) {
      const removed = await this.#remove(folder, part, stored, given, sha256);
      print(`${part.service}: ${removed} ${stored.what} removed`);
    }
  }

  #archive(folder: string, part: Part, given: Pick<Given, 'firsts'>): Promise<ArchivedPart> {
    const { service, days } = part;
    const before = this.#before(days);
    if (part.is === 'stream') {
      const { stream, first, exposed } = part.facts;
      const events = eventsBetween(this.#bus, stream, first, exposed);
      return archivePart(folder, { service, what: 'events', before }, events);
    }
    const rows = rowsDue(this.#client(service), part.retained, { before, ...given });
    return archivePart(folder, { service, what: part.retained.what, before }, rows);
  }

  async #remove(
    folder: string,
    part: Part,
    { what, before, lines, file }: ArchivedPart,
    given: Pick<Given, 'firsts'>,
    sha256: string,
  ): Promise<number> {
    const { service } = part;
    const owner = addressesToProvision(this.#config, service).owner;
    const sequelize = makeSequelize({ service, primary: owner, read: null, poolSize: 1 });
    try {
      const onError = (error: unknown) => {
        throw error;
      };
      const database = makeDatabase({ service, sequelize, primary: owner, onError });
      // First, so that no removal is without it.
      await database.inTransaction((tx) =>
        appendOperatorAction(
          tx,
          {
            step: 'history-removed',
            target: what,
            detail: `up to ${lines} before ${before}; SHA-256 of the archive: ${sha256}`,
          },
          {
            actorId: this.#options.by,
            actorAddress: null,
            correlationId: randomUUID(),
            causationId: null,
            traceparent: null,
          },
        ),
      );
      if (part.is === 'stream') return await this.#cut(part);
      const rows = linesOf<ArchivedRow>(folder, { file });
      return await removeRows(database, part.retained, { before: new Date(before), ...given }, rows);
    } finally {
      await sequelize.close();
    }
  }

  /** A durable may have begun anew since the plan was made. The archive took long. */
  async #cut({ service, days, facts }: StreamPart): Promise<number> {
    const again = await this.#planStream(service, days);
    if (again.plan.is !== 'due' || again.facts.exposed > facts.exposed) {
      for (const line of linesAbout(again)) this.#options.print(line);
      return 0;
    }
    return (await cutStream(this.#bus, facts, this.#limitOf(days))) - facts.first;
  }

  #client(service: string): pg.Client {
    const client = this.#clients.get(service);
    if (client === undefined) throw new LaunchError(`${service} has no database`);
    return client;
  }
}

function linesAbout(part: Part): string[] {
  const { service, days } = part;
  if (part.is === 'rows') {
    return part.count === 0
      ? []
      : [`${service}: ${part.count} ${part.retained.what} older than ${days} days`];
  }
  const { plan } = part;
  switch (plan.is) {
    case 'nothing':
      return [];
    case 'due':
      return [`${service}: ${plan.events} events older than ${days} days`];
    case 'refused':
      return [
        `${service}: ${plan.events} events older than ${days} days stay:`,
        ...plan.reasons.map((reason) => `  ${reason}`),
      ];
    default:
      return plan satisfies never;
  }
}
