/**
 * Commands for the figures and the reconciliation. The running nodes do the work, so ending a
 * command ends no rebuild.
 *
 * - `npm run analytics -- rebuild` builds new figures from the streams, beside the live ones, and
 *   then replaces these. A second call follows the rebuild under way.
 * - `snapshot` copies the live figures, so that a rebuild can start from the copy, and waits until
 *   it is there.
 * - `status` shows which figures are live and the progress of a rebuild.
 * - `cancel` gives up a rebuild; the live figures stay as they are.
 * - `reconcile` compares tasks, ledger, figures and mails, and prints every difference.
 *
 * The exit status of `rebuild` is 0 when the new figures are live, otherwise 1. That of `reconcile`
 * is 0 without differences, 1 with differences, and 2 when it could not be carried out.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBroker } from 'moleculer';
import { readConfig } from '../config.ts';
import { describeRebuild, describeSnapshot } from '../services/analytics/commands/rebuild.ts';
import type { RebuildStatus } from '../services/analytics/rebuild/rebuild.handler.ts';
import { reconciliationLines } from '../services/reconciliation/commands/reconcile.ts';
import type { Reconciliation } from '../services/reconciliation/reconciliation.store.ts';
import { askService, look } from './launcher/ask.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { LaunchError } from './launcher/launch-error.ts';
import { thisOperator } from './launcher/operator.ts';

/** Pause between two status requests for a rebuild or a reconciliation, in milliseconds. */
const LOOK_MS = 500;
/**
 * After this time without an answer, in milliseconds, we stop waiting for a reconciliation: its
 * nodes are gone.
 */
const SILENT_MS = 30_000;
/** Time limit of a reconciliation and one before it, in milliseconds. */
const RECONCILED_WITHIN_MS = 2 * 1_800_000 + SILENT_MS;

const OK = 0;
const FAILED = 1;
const UNKNOWN = 2;

const USAGE = `Usage: npm run analytics -- rebuild | snapshot | status | cancel | reconcile

rebuild    builds the figures anew from the streams, beside the live ones, and follows it
snapshot   copies the live figures, so that a rebuild can start from the copy
status     which figures are live, and how far a rebuild is
cancel     gives a rebuild up; the live figures stay
reconcile  compares tasks, ledger, figures and mails, and names every difference
The system is that of DATA_DIR, or of NATS_URL.
Exit status: 0 done and no difference, 1 not done or differences, 2 wrong words, or no answer to
reconcile.`;

interface Command {
  /** Its nodes do the work. */
  readonly service: string;
  /** Returns the exit status. */
  run(broker: ServiceBroker): Promise<number>;
  /** The exit status when the command could not be carried out. */
  readonly unknown: number;
}

const commands: Readonly<Record<string, Command>> = {
  rebuild: {
    service: 'analytics',
    run: async (broker) => ((await rebuild(broker)) ? OK : FAILED),
    unknown: FAILED,
  },
  snapshot: { service: 'analytics', run: snapshot, unknown: FAILED },
  status: { service: 'analytics', run: status, unknown: FAILED },
  cancel: { service: 'analytics', run: cancel, unknown: FAILED },
  reconcile: { service: 'reconciliation', run: reconcile, unknown: UNKNOWN },
};

/** Returns whether the new figures are live in the end. */
async function rebuild(broker: ServiceBroker): Promise<boolean> {
  const { generation } = await broker.call<{ generation: number }, object>(
    'analytics.operator.rebuild.start',
    {
      by: thisOperator(),
    },
  );
  console.log(`Generation ${generation} is being built`);
  for (let shown = ''; ; await delay(LOOK_MS)) {
    const status = await look<RebuildStatus>(broker, 'analytics.operator.rebuild.status');
    if (status === undefined) continue;
    const { rebuild } = status;
    if (rebuild?.number !== generation) return outcome(status, generation);
    const now = describeRebuild(status);
    if (now !== shown) console.log(now);
    shown = now;
    if (rebuild.state !== 'building') return rebuild.state === 'live';
  }
}

async function snapshot(broker: ServiceBroker): Promise<number> {
  await broker.call('analytics.operator.rebuild.snapshot', { by: thisOperator() });
  for (; ; await delay(LOOK_MS)) {
    const now = await look<RebuildStatus>(broker, 'analytics.operator.rebuild.status');
    if (now === undefined || now.isSnapshotRequested) continue;
    console.log(describeSnapshot(now));
    return OK;
  }
}

async function status(broker: ServiceBroker): Promise<number> {
  const now = await broker.call<RebuildStatus>('analytics.operator.rebuild.status');
  console.log(`Generation ${now.live.generation} is live`);
  if (now.rebuild !== null) console.log(describeRebuild(now));
  if (now.snapshot !== null || now.isSnapshotRequested) console.log(describeSnapshot(now));
  return OK;
}

async function cancel(broker: ServiceBroker): Promise<number> {
  await broker.call('analytics.operator.rebuild.cancel', { by: thisOperator() });
  console.log('The rebuild was given up; the live figures are as they were');
  return OK;
}

async function reconcile(broker: ServiceBroker): Promise<number> {
  const { number } = await broker.call<{ number: number }, object>('reconciliation.operator.start', {
    by: thisOperator(),
  });
  const endAt = performance.now() + RECONCILED_WITHIN_MS;
  for (let heardAt = performance.now(); ; await delay(LOOK_MS)) {
    const found = await look<Reconciliation>(broker, 'reconciliation.operator.status', { number });
    const now = performance.now();
    if (found !== undefined) heardAt = now;
    if (found !== undefined && found.endedAt !== null) {
      const told = reconciliationLines(found).join('\n');
      if (found.result === null) throw new LaunchError(told);
      console.log(told);
      return found.result.differences.length === 0 ? OK : FAILED;
    }
    if (now - heardAt > SILENT_MS || now > endAt) {
      throw new LaunchError(`Nobody tells what became of reconciliation ${number}`);
    }
  }
}

/** Another rebuild has begun meanwhile. So ours either was live before, or failed. */
function outcome({ live }: RebuildStatus, generation: number): boolean {
  console.log(`Another rebuild has begun; generation ${live.generation} is live`);
  return live.generation >= generation;
}

const command = commands[process.argv[2] ?? ''];

async function main(): Promise<number> {
  if (command === undefined || process.argv.length > 3) {
    console.error(USAGE);
    return UNKNOWN;
  }
  return askService(readConfig(process.env), command.service, (broker) => command.run(broker));
}

answerHelp(USAGE);
await exitWith(main(), command?.unknown ?? UNKNOWN);
