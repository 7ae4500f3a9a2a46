/** The reconciliation of tasks, ledger, figures and mails. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '#mixins/repl/command.ts';
import { orNone, Refusal } from '#mixins/repl/explain.ts';
import type { Reconciliation } from '../reconciliation.store.ts';

/** How long the prompt is kept waiting, in milliseconds; the reconciliation itself goes on. */
const WAIT_MS = 60_000;
const LOOK_MS = 200;

export const reconcile: Command = {
  command: 'reconcile [number]',
  description:
    'Compare tasks, ledger, figures and mails, and name every difference; or show an earlier comparison',
  place: 240,
  async run(cluster, { operands: [word], interrupted }, print) {
    if (word !== undefined && !/^[1-9]\d{0,14}$/.test(word)) {
      throw new Refusal(`${word} is no number of a reconciliation`);
    }
    const begun = await (word === undefined
      ? cluster.act<{ number: number }>('reconciliation', 'start')
      : { number: Number(word) });
    const params = { number: begun.number };
    const none = `There is no reconciliation ${begun.number}, or it is long gone`;
    for (const end = performance.now() + WAIT_MS; ; ) {
      const asked = cluster.ask<Reconciliation>('reconciliation', 'status', params);
      const found = await orNone(asked, none);
      if (found.endedAt !== null || interrupted.aborted || performance.now() >= end) {
        for (const line of reconciliationLines(found)) print.line(line);
        if (found.result === null || found.result.differences.length > 0) print.failed();
        if (found.endedAt === null) print.line(`It goes on. Its result: reconcile ${begun.number}`);
        return;
      }
      await delay(LOOK_MS, undefined, { signal: interrupted }).catch(() => {});
    }
  },
};

/**
 * The result in lines: one per difference; a single line when there is none, or when the run
 * failed.
 */
export function reconciliationLines({ number, state, result, reason, beganAt }: Reconciliation): string[] {
  if (state === 'failed') return [`Reconciliation ${number} could not be done: ${reason}`];
  if (result === null) return [`Reconciliation ${number} is ${state}`];
  const { differences, more } = result;
  const at = beganAt === null ? '' : ` as of ${new Date(beganAt).toISOString()}`;
  if (differences.length === 0) return [`Tasks, ledger, figures and mails agree${at}`];
  return [
    `Tasks, ledger, figures and mails differ in ${differences.length + more} places${at}:`,
    ...differences.map(({ code, message }) => `  ${code}: ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
