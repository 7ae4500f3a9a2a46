/** What is wrong with the system, and an overview: once, or live. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '#mixins/repl/cluster.ts';
import { type Command, type Printer, timeText } from '#mixins/repl/command.ts';
import { explain } from '#mixins/repl/explain.ts';
import { statusLines } from '../../status/overview.ts';
import { readStatus } from '../../status/read-status.client.ts';

/** Where the output is no terminal. */
const WIDTH = 80;
/** Pause between two drawings, in milliseconds. */
const EVERY_MS = 2_000;

export const status: Command = {
  command: 'status',
  description: 'What is wrong, and what to look at next; then an overview',
  place: 1,
  run: showOnce,
};

export const top: Command = {
  command: 'top',
  description: 'The same, live. Ctrl-C ends it',
  place: 2,
  async run(cluster, input, print) {
    const { screen } = print;
    if (screen === undefined) return await showOnce(cluster, input, print);
    while (!input.interrupted.aborted) {
      const lines = await linesOf(cluster, screen.width).catch((error: unknown) => [explain(error)]);
      screen.draw([`${timeText(new Date())}  Ctrl-C ends it`, ...lines]);
      await delay(EVERY_MS, undefined, { signal: input.interrupted }).catch(() => {});
    }
  },
};

async function showOnce(cluster: Cluster, _input: unknown, print: Printer): Promise<void> {
  const found = await readStatus(cluster);
  for (const line of statusLines(cluster.config.namespace, found, print.screen?.width ?? WIDTH))
    print.line(line);
  if (found.troubles.length > 0) print.failed();
}

async function linesOf(cluster: Cluster, width: number): Promise<string[]> {
  return statusLines(cluster.config.namespace, await readStatus(cluster), width);
}
