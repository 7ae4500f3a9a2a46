/** Dead letters of all services: list, show, redrive, discard. */
import { setTimeout as delay } from 'node:timers/promises';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { type CauseItem, listAllCauses } from '#mixins/consumer/all-causes.ts';
import {
  type DeadLetterItem,
  type DeadLetters,
  findDeadLetter,
  listDeadLetters,
  settleDeadLetter,
  viewDeadLetter,
} from '#mixins/consumer/all-dead-letters.ts';
import type { JobState } from '#mixins/consumer/jobs.store.ts';
import { platformOf } from '#mixins/platform.ts';
import { type Cluster, chosenServices } from '#mixins/repl/cluster.ts';
import { type Command, type Printer, timeText } from '#mixins/repl/command.ts';
import { explain, orNone, Refusal } from '#mixins/repl/explain.ts';
import { servicesWithDeadLetters } from '#schemas/dead-letter.ts';
import { loadProductEvents } from '#schemas/load.ts';
import { findConsumer } from './consumers.ts';

const PAGE = 50;
/** Causes of dead letters are few: each is a consumer, a type and a code. */
const CAUSES_SHOWN = 200;
/** The most refused redrives that are listed. */
const REFUSALS_SHOWN = 20;
/** Pause between two looks at a job, in milliseconds. */
const LOOK_MS = 200;
const STATES = ['open', 'redriven', 'discarded'] as const;

const OF_CAUSE = [
  { option: '--consumer <consumer>', description: 'those of this consumer or loop' },
  { option: '--code <code>', description: 'those with this code' },
  { option: '--type <type>', description: 'those of events or items of this type' },
];

type Options = Readonly<Record<string, string | true | undefined>>;

/** The service of `named`, or all that may have dead letters, whether they run or not. */
export async function lettersIn(cluster: Cluster, named?: string): Promise<DeadLetters> {
  const known = servicesWithDeadLetters(await loadProductEvents(cluster.config.product));
  return {
    services: chosenServices(cluster, 'deadLetters.list', known, named),
    ask: (service, action, params) => cluster.ask(service, action, params),
  };
}

export const deadLetters: Command = {
  command: 'dead-letters [service]',
  alias: 'letters',
  description: 'Dead letters of consumers and loops, by cause; or each, the newest first',
  place: 40,
  options: [
    { option: '--each', description: 'list each, with its id. The options below do so, too' },
    ...OF_CAUSE,
    { option: '--status <status>', description: `${STATES.join(', ')}; open if left out` },
    { option: '--cursor <cursor>', description: 'the next page, as this one names it' },
  ],
  async run(cluster, { operands, options }, print) {
    const all = await lettersIn(cluster, operands[0]);
    const isEach = Object.keys(options).length > 0;
    const missing = await (isEach ? showEach(all, operands[0], options, print) : showCauses(all, print));
    for (const service of missing)
      print.line(`${service} does not answer: its dead letters are not in the list`);
    if (missing.length > 0) print.failed();
  },
};

async function showCauses(all: DeadLetters, print: Printer): Promise<readonly string[]> {
  const { items, nextCursor, missing } = await listAllCauses(all, { limit: CAUSES_SHOWN });
  print.table(
    ['Consumer', 'Type', 'Code', 'Count', 'Newest', 'Reason'],
    items.map(({ consumer, type, code, count, capped, lastAt, message }) => [
      consumer,
      type ?? '?',
      code,
      `${count}${capped ? '+' : ''}`,
      timeText(lastAt),
      message,
    ]),
    'There are no open dead letters.',
  );
  if (nextCursor !== null) print.line('There are more causes. Settle some of these first');
  if (items.length > 0) {
    print.line('Each of a consumer: dead-letters --consumer <consumer>');
    print.line('Process all of a consumer again, or those of one --code: redrive --consumer <consumer>');
    print.line('Give all of a cause up: discard --consumer <consumer> --code <code> <reason>');
  }
  return missing;
}

async function showEach(
  all: DeadLetters,
  service: string | undefined,
  options: Options,
  print: Printer,
): Promise<readonly string[]> {
  const status = STATES.find((each) => each === (options.status ?? 'open'));
  if (status === undefined) throw new Refusal(`${options.status} is no status: ${STATES.join(', ')}`);
  const { consumer, code, type, cursor } = textsOf(options);
  const query = { status, consumer, code, type, cursor, limit: PAGE };
  const { items, nextCursor, missing } = await listDeadLetters(all, query);
  print.table(
    ['Id', 'Consumer', 'Time', 'Type', 'Reason'],
    items.map(rowOf),
    `There are no ${status} dead letters.`,
  );
  if (nextCursor !== null) {
    const given = { consumer, code, type, status, cursor: nextCursor };
    const words = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    );
    print.line(`More: ${['dead-letters', ...(service === undefined ? [] : [service]), ...words].join(' ')}`);
  }
  if (items.length > 0 && status === 'open')
    print.line(
      'Show one: dead-letter <id>. Process it again: redrive <id>. Give it up: discard <id> <reason>',
    );
  return missing;
}

function textsOf(options: Options): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));
}

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
  description: 'Process dead letters again, single ones or all of a consumer; each takes effect once',
  place: 60,
  options: OF_CAUSE,
  async run(cluster, { operands, options, interrupted }, print) {
    if ((options.consumer === undefined) === (operands.length === 0)) {
      throw new Refusal('Name dead letters or a consumer: redrive <id>, or redrive --consumer <consumer>');
    }
    if (options.consumer !== undefined) {
      const causes = await causesOf(cluster, options, print);
      return await settleCauses(cluster, causes, { to: 'redriven' }, interrupted, print);
    }
    const step = { to: 'redriven', by: cluster.operator } as const;
    const all = await lettersIn(cluster);
    await redriveEach(operands.map(letterId), interrupted, print, (id) => settleDeadLetter(all, id, step));
  },
};

/**
 * The causes of open dead letters of a consumer or loop, and of a code and a type where they are
 * given. Throws a `Refusal` for an unknown consumer.
 */
async function causesOf(cluster: Cluster, options: Options, print: Printer): Promise<CauseItem[]> {
  const { consumer = '', code, type } = textsOf(options);
  const { items, missing } = await listAllCauses(await lettersIn(cluster), { limit: CAUSES_SHOWN });
  const found = items.filter(
    (cause) =>
      cause.consumer === consumer &&
      (code === undefined || cause.code === code) &&
      (type === undefined || cause.type === type),
  );
  if (found.length > 0) return found;
  // A loop without dead letters is treated like an unknown consumer.
  if (!items.some((cause) => cause.consumer === consumer)) await findConsumer(cluster, consumer);
  print.line(`${consumer} has no such open dead letters`);
  if (missing.length > 0) print.failed();
  return [];
}

type CauseStep = { readonly to: 'redriven' } | { readonly to: 'discarded'; readonly reason: string };

/** Starts a job for each cause, and waits for their ends. Ctrl-C ends the waiting only. */
async function settleCauses(
  cluster: Cluster,
  causes: readonly CauseItem[],
  step: CauseStep,
  interrupted: AbortSignal,
  print: Printer,
): Promise<void> {
  for (const { service, consumer, code, type } of causes) {
    const cause = { consumer, type: type ?? '', code };
    let job = await (step.to === 'redriven'
      ? cluster.act<JobState>(service, 'deadLetters.redriveAll', cause)
      : cluster.act<JobState>(service, 'deadLetters.discardAll', { ...cause, reason: step.reason }));
    while (job.status === 'running' && !interrupted.aborted) {
      await delay(LOOK_MS, undefined, { signal: interrupted }).catch(() => {});
      job = await cluster.ask<JobState>(service, 'deadLetters.job', { id: job.id });
    }
    const left = job.total - job.done - job.failed;
    const ends = {
      completed: '',
      running: `; ${left} are left, and the job goes on by itself`,
      stopped: `; ${left} are left. The job was stopped, because they have ended the process six times`,
    };
    const counts = `${job.done} ${step.to}, ${job.failed} failed`;
    print.line(`${consumer}, ${type ?? '?'} (${code}): ${counts}${ends[job.status]}`);
    if (job.failed > 0 || job.status !== 'completed') print.failed();
    if (job.failed > 0) print.line(`  See why: dead-letters --consumer ${consumer}`);
    if (interrupted.aborted) return;
  }
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
  command: 'discard [id] [reason...]',
  description: 'Give a dead letter up, or all of a cause; the log keeps the reason',
  place: 70,
  options: OF_CAUSE,
  async run(cluster, { operands, options, interrupted }, print) {
    if (options.consumer !== undefined) {
      return await discardCause(cluster, operands.join(' '), options, interrupted, print);
    }
    const [word, ...words] = operands;
    if (word === undefined) {
      throw new Refusal(
        'Name a dead letter or a cause: discard <id> <reason>, or discard --consumer <consumer> --code <code> <reason>',
      );
    }
    const id = letterId(word);
    if (words.length === 0) throw new Refusal(`Give the reason: discard ${id} <reason>`);
    const step = { to: 'discarded', by: cluster.operator, reason: words.join(' ') } as const;
    const { letter: settled } = await orNone(
      settleDeadLetter(await lettersIn(cluster), id, step),
      noLetter(id),
    );
    print.line(`${id} is discarded: ${settled.settledReason}`);
  },
};

/** One cause at a time, because nothing brings a discarded event back. */
async function discardCause(
  cluster: Cluster,
  reason: string,
  options: Options,
  interrupted: AbortSignal,
  print: Printer,
): Promise<void> {
  const { consumer } = options;
  if (reason === '')
    throw new Refusal(`Give the reason: discard --consumer ${consumer} --code <code> <reason>`);
  const causes = await causesOf(cluster, options, print);
  if (causes.length > 1) {
    const several = causes.map(({ code, type }) => `--code ${code}${type === null ? '' : ` --type ${type}`}`);
    throw new Refusal(`Nothing was discarded. Name one cause of ${consumer}: ${several.join(', or ')}`);
  }
  await settleCauses(cluster, causes, { to: 'discarded', reason }, interrupted, print);
}

const noLetter = (id: string) => `There is no dead letter ${id}`;

function letterId(word: string): string {
  const id = word.toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new Refusal(`${word} is no id of a dead letter. See: dead-letters`);
}
