/** Dead letters of all services: list, show, redrive, discard. */
import { platformOf } from '../../mixins/platform.ts';
import { servicesWithLetters } from '../../schemas/dead-letter.ts';
import { loadEventContracts } from '../../schemas/load.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '../../schemas/registry.ts';
import { viewLetter } from '../../services/audit/letters.client.ts';
import {
  findLetter,
  type LetterItem,
  type Letters,
  listLetters,
  settleLetter,
} from '../../services/audit/letters.ts';
import { type Cluster, chosenServices } from './cluster.ts';
import { type Command, cut, type Printer, timeText } from './command.ts';
import { explain, Refusal } from './explain.ts';

const PAGE = 50;
/** Letters asked for at once where all of a consumer are sent again. */
const BULK_PAGE = 200;
const STATES = ['open', 'redriven', 'discarded'] as const;

async function lettersIn(cluster: Cluster, named?: string): Promise<Letters> {
  const known = servicesWithLetters(await loadEventContracts());
  return {
    services: chosenServices(cluster, 'deadLetters.list', known, named),
    ask: (service, action, params) => cluster.ask(service, action, params),
  };
}

export const letters: Command = {
  command: 'letters [service]',
  description: 'Dead letters: events that consumers set aside, the newest first',
  options: [
    { option: '--status <status>', description: `${STATES.join(', ')}; open if left out` },
    { option: '--cursor <cursor>', description: 'the next page, as this one names it' },
  ],
  async run(cluster, { operands, options }, print) {
    const status = STATES.find((each) => each === (options.status ?? 'open'));
    if (status === undefined) throw new Refusal(`${options.status} is no status: ${STATES.join(', ')}`);
    const cursor = options.cursor === undefined ? undefined : String(options.cursor);
    const all = await lettersIn(cluster, operands[0]);
    const { items, nextCursor, missing } = await listLetters(all, { status, cursor, limit: PAGE });
    print.table(
      ['Id', 'Consumer', 'Set aside', 'Type', 'Subject', 'Tries', 'Reason'],
      items.map(rowOf),
      `There are no ${status} dead letters.`,
    );
    if (nextCursor !== null) {
      print.line(
        `More: letters ${[operands[0], '--status', status, '--cursor', nextCursor].filter(Boolean).join(' ')}`,
      );
    }
    if (items.length > 0 && status === 'open')
      print.line('All of one: letter <id>. Send it again: redrive <id>. Give it up: discard <id> <reason>');
    for (const service of missing) print.line(`${service} does not answer: its letters are not in the list`);
  },
};

function rowOf({ id, consumer, at, type, subject, attempts, code, message, parked }: LetterItem): string[] {
  const reason = `${code}: ${cut(message, 60)}${parked ? ' (later events wait behind it)' : ''}`;
  return [id, consumer, timeText(at), type ?? '?', subject ?? '?', String(attempts), reason];
}

export const letter: Command = {
  command: 'letter <id>',
  description: 'A dead letter: why it was set aside, what the event carries, what became of it',
  async run(cluster, { operands: [word = ''] }, print) {
    const { bus } = platformOf(cluster.broker);
    const registry = new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET));
    const found = await findLetter(await lettersIn(cluster), letterId(word));
    const { payload, data, headers, ...rest } = await viewLetter(registry, found);
    // What can't be read is shown as it came.
    print.fields({ ...rest, headers, ...(data === null ? { payload } : { data }) });
  },
};

export const redrive: Command = {
  command: 'redrive [ids...]',
  description: 'Hand dead letters to their consumer again; each takes effect once',
  options: [
    { option: '--consumer <consumer>', description: 'all open letters of this consumer, the oldest first' },
  ],
  async run(cluster, { operands, options, interrupted }, print) {
    if ((options.consumer === undefined) === (operands.length === 0)) {
      throw new Refusal('Name letters or a consumer: redrive <id>, or redrive --consumer <consumer>');
    }
    const all = await lettersIn(cluster);
    const ids =
      options.consumer === undefined ? operands.map(letterId) : await openOf(all, String(options.consumer));
    if (ids.length === 0) return print.line(`${options.consumer} has no open letters`);
    await each(ids, interrupted, print, 'redriven', async (id) => {
      await settleLetter(all, id, { to: 'redriven', by: cluster.operator });
    });
  },
};

export const discard: Command = {
  command: 'discard <id> <reason...>',
  description: 'Give a dead letter up, for a reason that the log keeps',
  async run(cluster, { operands: [id = '', ...words] }, print) {
    const reason = words.join(' ');
    await settleLetter(await lettersIn(cluster), letterId(id), {
      to: 'discarded',
      by: cluster.operator,
      reason,
    });
    print.line(`${id} is discarded`);
  },
};

/** The open letters of a consumer, the oldest first: in sequence, earlier versions come first. */
async function openOf(all: Letters, consumer: string): Promise<string[]> {
  const service = all.services.find((name) => consumer.startsWith(`${name}-`));
  if (service === undefined) throw new Refusal(`There is no consumer ${consumer}. See: consumers`);
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listLetters(all, { status: 'open', service, cursor, limit: BULK_PAGE });
    ids.push(...page.items.filter((item) => item.consumer === consumer).map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids.reverse();
}

/** Goes on behind one that is refused; Ctrl-C ends it after the one under way. */
async function each(
  ids: readonly string[],
  interrupted: AbortSignal,
  print: Printer,
  done: string,
  work: (id: string) => Promise<void>,
): Promise<void> {
  let succeeded = 0;
  const refusals: string[] = [];
  for (const id of ids) {
    if (interrupted.aborted) break;
    try {
      await work(id);
      succeeded += 1;
    } catch (error) {
      refusals.push(`${id}: ${explain(error)}`);
    }
  }
  const left = ids.length - succeeded - refusals.length;
  const [only] = ids;
  if (ids.length === 1 && succeeded === 1) return print.line(`${only} is ${done}`);
  if (ids.length === 1 && refusals.length === 1) throw new Refusal(refusals[0] ?? '');
  print.line(`${succeeded} ${done}, ${refusals.length} refused${left > 0 ? `, ${left} not tried` : ''}`);
  for (const refusal of refusals) print.line(`  ${refusal}`);
}

function letterId(word: string): string {
  const id = word.toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new Refusal(`${word} is no id of a dead letter. See: letters`);
}
