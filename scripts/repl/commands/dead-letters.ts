/** Dead letters of all services: list, show, redrive, discard. */
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import {
  type DeadLetterItem,
  type DeadLetters,
  findDeadLetter,
  listDeadLetters,
  settleDeadLetter,
  viewDeadLetter,
} from '#mixins/consumer/all-dead-letters.ts';
import { platformOf } from '#mixins/platform.ts';
import { type Cluster, chosenServices } from '#mixins/repl/cluster.ts';
import { type Command, type Printer, timeText } from '#mixins/repl/command.ts';
import { explain, orNone, Refusal } from '#mixins/repl/explain.ts';
import { servicesWithDeadLetters } from '#schemas/dead-letter.ts';
import { isProblem } from '#schemas/errors.ts';
import { loadProductEvents } from '#schemas/load.ts';
import { findConsumer } from './consumers.ts';
import { serviceOfLoop } from './loops.ts';

const PAGE = 50;
/** Dead letters of one request when all of a consumer are redriven. */
const BULK_PAGE = 200;
/** The most refused redrives that are listed. */
const REFUSALS_SHOWN = 20;
const STATES = ['open', 'redriven', 'discarded'] as const;

async function lettersIn(cluster: Cluster, named?: string): Promise<DeadLetters> {
  const known = servicesWithDeadLetters(await loadProductEvents(cluster.config.product));
  return {
    services: chosenServices(cluster, 'deadLetters.list', known, named),
    ask: (service, action, params) => cluster.ask(service, action, params),
  };
}

export const deadLetters: Command = {
  command: 'dead-letters [service]',
  alias: 'letters',
  description: 'Dead letters of consumers and loops, the newest first',
  place: 40,
  options: [
    { option: '--status <status>', description: `${STATES.join(', ')}; open if left out` },
    { option: '--cursor <cursor>', description: 'the next page, as this one names it' },
  ],
  async run(cluster, { operands, options }, print) {
    const status = STATES.find((each) => each === (options.status ?? 'open'));
    if (status === undefined) throw new Refusal(`${options.status} is no status: ${STATES.join(', ')}`);
    const cursor = options.cursor === undefined ? undefined : String(options.cursor);
    const all = await lettersIn(cluster, operands[0]);
    const { items, nextCursor, missing } = await listDeadLetters(all, { status, cursor, limit: PAGE });
    print.table(
      ['Id', 'Consumer', 'Time', 'Type', 'Reason'],
      items.map(rowOf),
      `There are no ${status} dead letters.`,
    );
    if (nextCursor !== null) {
      print.line(
        `More: dead-letters ${[operands[0], '--status', status, '--cursor', nextCursor].filter(Boolean).join(' ')}`,
      );
    }
    if (items.length > 0 && status === 'open')
      print.line(
        'Show one: dead-letter <id>. Process it again: redrive <id>. Give it up: discard <id> <reason>',
      );
    for (const service of missing)
      print.line(`${service} does not answer: its dead letters are not in the list`);
    if (missing.length > 0) print.failed();
  },
};

function rowOf({ id, consumer, at, type, code, message }: DeadLetterItem): string[] {
  return [id, consumer, timeText(at), type ?? '?', `${code}: ${message}`];
}

export const deadLetter: Command = {
  command: 'dead-letter <id>',
  alias: 'letter',
  description: 'A dead letter: its reason, the data of its event or item, its outcome',
  place: 50,
  async run(cluster, { operands: [word = ''] }, print) {
    const { bus } = platformOf(cluster.broker);
    const registry = new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET));
    const id = letterId(word);
    const found = await orNone(findDeadLetter(await lettersIn(cluster), id), noLetter(id));
    const { payload, data, headers, ...rest } = await viewDeadLetter(registry, found);
    // Unreadable data are shown in their raw form.
    print.fields({ ...rest, headers, ...(data === null ? { payload } : { data }) });
  },
};

export const redrive: Command = {
  command: 'redrive [ids...]',
  description: 'Process dead letters again; each takes effect once',
  place: 60,
  options: [
    {
      option: '--consumer <consumer>',
      description: 'all open dead letters of this consumer or loop, the oldest first',
    },
  ],
  async run(cluster, { operands, options: { consumer }, interrupted }, print) {
    if ((consumer === undefined) === (operands.length === 0)) {
      throw new Refusal('Name dead letters or a consumer: redrive <id>, or redrive --consumer <consumer>');
    }
    const step = { to: 'redriven', by: cluster.operator } as const;
    if (consumer === undefined) {
      const all = await lettersIn(cluster);
      return await redriveEach(operands.map(letterId), interrupted, print, (id) =>
        settleDeadLetter(all, id, step),
      );
    }
    const service = await serviceOf(cluster, String(consumer));
    const all = await lettersIn(cluster, service);
    const ids = await openOf(all, String(consumer));
    if (ids.length === 0) return print.line(`${consumer} has no open dead letters`);
    await redriveEach(ids, interrupted, print, async (id) => {
      try {
        // The list said that it is open and where. There may be thousands, and looking each up
        // costs more than the redrive.
        await cluster.act(service, 'deadLetters.redrive', { id });
      } catch (error) {
        if (!isProblem(error, 'conflict')) throw error;
        // Another operator may have settled it meanwhile.
        await settleDeadLetter(all, id, step);
      }
    });
  },
};

/** The service of a consumer or of a loop. Throws a `Refusal` for an unknown name. */
async function serviceOf(cluster: Cluster, name: string): Promise<string> {
  const service = serviceOfLoop(cluster, name);
  // A loop without dead letters is treated like an unknown consumer.
  if (service !== undefined && (await openOf(await lettersIn(cluster, service), name)).length > 0)
    return service;
  return (await findConsumer(cluster, name)).service;
}

/** The open dead letters of a consumer, the oldest first. */
async function openOf(all: DeadLetters, consumer: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listDeadLetters(all, { status: 'open', cursor, limit: BULK_PAGE });
    ids.push(...page.items.filter((item) => item.consumer === consumer).map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids.reverse();
}

/** A refused redrive does not stop the others. Ctrl-C stops after the current one. */
async function redriveEach(
  ids: readonly string[],
  interrupted: AbortSignal,
  print: Printer,
  redriveOne: (id: string) => Promise<unknown>,
): Promise<void> {
  let redriven = 0;
  const refusals: string[] = [];
  for (const id of ids) {
    if (interrupted.aborted) break;
    try {
      await orNone(redriveOne(id), noLetter(id));
      redriven += 1;
    } catch (error) {
      refusals.push(`${id}: ${explain(error)}`);
    }
  }
  const left = ids.length - redriven - refusals.length;
  print.line(`${redriven} redriven, ${refusals.length} refused${left > 0 ? `, ${left} not tried` : ''}`);
  if (refusals.length > 0 || left > 0) print.failed();
  for (const refusal of refusals.slice(0, REFUSALS_SHOWN)) print.line(`  ${refusal}`);
  if (refusals.length > REFUSALS_SHOWN) print.line(`  and ${refusals.length - REFUSALS_SHOWN} more`);
}

export const discard: Command = {
  command: 'discard <id> <reason...>',
  description: 'Give a dead letter up; the log keeps the reason',
  place: 70,
  async run(cluster, { operands: [word = '', ...words] }, print) {
    const id = letterId(word);
    const step = { to: 'discarded', by: cluster.operator, reason: words.join(' ') } as const;
    const { letter: settled } = await orNone(
      settleDeadLetter(await lettersIn(cluster), id, step),
      noLetter(id),
    );
    print.line(`${id} is discarded: ${settled.settledReason}`);
  },
};

const noLetter = (id: string) => `There is no dead letter ${id}`;

function letterId(word: string): string {
  const id = word.toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new Refusal(`${word} is no id of a dead letter. See: dead-letters`);
}
