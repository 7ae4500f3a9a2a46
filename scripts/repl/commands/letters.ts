/** Dead letters of all services: list, show, redrive, discard. */
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { platformOf } from '#mixins/platform.ts';
import { type Cluster, chosenServices } from '#mixins/repl/cluster.ts';
import { type Command, type Printer, timeText } from '#mixins/repl/command.ts';
import { explain, orNone, Refusal } from '#mixins/repl/explain.ts';
import { servicesWithDeadLetters } from '#schemas/dead-letter.ts';
import { isProblem } from '#schemas/errors.ts';
import { loadProductEvents } from '#schemas/load.ts';
import { viewDeadLetter } from '../../../services/audit/dead-letters.client.ts';
import {
  type DeadLetterItem,
  type DeadLetters,
  findDeadLetter,
  listDeadLetters,
  settleDeadLetter,
} from '../../../services/audit/dead-letters.ts';
import { findConsumer } from './consumers.ts';
import { serviceOfLoop } from './loops.ts';

const PAGE = 50;
/** Letters asked for at once where all of a consumer are sent again. */
const BULK_PAGE = 200;
/** Letters that failed again are named up to so many. */
const REFUSALS_SHOWN = 20;
const STATES = ['open', 'redriven', 'discarded'] as const;

async function lettersIn(cluster: Cluster, named?: string): Promise<DeadLetters> {
  const known = servicesWithDeadLetters(await loadProductEvents(cluster.config.product));
  return {
    services: chosenServices(cluster, 'deadLetters.list', known, named),
    ask: (service, action, params) => cluster.ask(service, action, params),
  };
}

export const letters: Command = {
  command: 'letters [service]',
  description: 'Dead letters: what consumers and loops set aside, the newest first',
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
      ['Id', 'Consumer', 'Set aside', 'Type', 'Reason'],
      items.map(rowOf),
      `There are no ${status} dead letters.`,
    );
    if (nextCursor !== null) {
      print.line(
        `More: letters ${[operands[0], '--status', status, '--cursor', nextCursor].filter(Boolean).join(' ')}`,
      );
    }
    if (items.length > 0 && status === 'open')
      print.line('Look at one: letter <id>. Send it again: redrive <id>. Give it up: discard <id> <reason>');
    for (const service of missing) print.line(`${service} does not answer: its letters are not in the list`);
  },
};

function rowOf({ id, consumer, at, type, code, message }: DeadLetterItem): string[] {
  return [id, consumer, timeText(at), type ?? '?', `${code}: ${message}`];
}

export const letter: Command = {
  command: 'letter <id>',
  description: 'A dead letter: why it was set aside, what the event carries, what became of it',
  place: 50,
  async run(cluster, { operands: [word = ''] }, print) {
    const { bus } = platformOf(cluster.broker);
    const registry = new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET));
    const id = letterId(word);
    const found = await orNone(findDeadLetter(await lettersIn(cluster), id), noLetter(id));
    const { payload, data, headers, ...rest } = await viewDeadLetter(registry, found);
    // What can't be read is shown as it came.
    print.fields({ ...rest, headers, ...(data === null ? { payload } : { data }) });
  },
};

export const redrive: Command = {
  command: 'redrive [ids...]',
  description: 'Hand dead letters to their consumer or loop again; each takes effect once',
  place: 60,
  options: [
    {
      option: '--consumer <consumer>',
      description: 'all open letters of this consumer or loop, the oldest first',
    },
  ],
  async run(cluster, { operands, options: { consumer }, interrupted }, print) {
    if ((consumer === undefined) === (operands.length === 0)) {
      throw new Refusal('Name letters or a consumer: redrive <id>, or redrive --consumer <consumer>');
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
        // Known to be open a moment ago, and where: there may be thousands, and to look each up
        // costs more than the step.
        await cluster.act(service, 'deadLetters.redrive', { id });
      } catch (error) {
        if (!isProblem(error, 'conflict')) throw error;
        // Somebody else may have done it meanwhile.
        await settleDeadLetter(all, id, step);
      }
    });
  },
};

/** The service of a consumer or of a loop. Throws a `Refusal` for a name that is neither's. */
async function serviceOf(cluster: Cluster, name: string): Promise<string> {
  const service = serviceOfLoop(cluster, name);
  // A loop that sets nothing aside has no letters: an unknown name is told as that of a consumer.
  if (service !== undefined && (await openOf(await lettersIn(cluster, service), name)).length > 0)
    return service;
  return (await findConsumer(cluster, name)).service;
}

/** The open letters of a consumer, the oldest first. */
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

/** Goes on behind one that is refused; Ctrl-C ends it after the one under way. */
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
  for (const refusal of refusals.slice(0, REFUSALS_SHOWN)) print.line(`  ${refusal}`);
  if (refusals.length > REFUSALS_SHOWN) print.line(`  and ${refusals.length - REFUSALS_SHOWN} more`);
}

export const discard: Command = {
  command: 'discard <id> <reason...>',
  description: 'Give a dead letter up, for a reason that the log keeps',
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
  throw new Refusal(`${word} is no id of a dead letter. See: letters`);
}
