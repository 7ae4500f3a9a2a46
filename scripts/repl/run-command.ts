/** Runs one command of the REPL, and prints its answer. */
import type { Cluster } from '#mixins/repl/cluster.ts';
import type { Command } from '#mixins/repl/command.ts';
import { explain } from '#mixins/repl/explain.ts';
import { JsonPrinter, terminalPrinter } from './printers.ts';
import type { Words } from './words.ts';

/**
 * Returns whether it was done and found nothing wrong. `tellError` gets the reason of a command
 * that was not done, unless the answer is JSON, which has it.
 */
export async function runCommand(
  cluster: Cluster,
  { run }: Command,
  { operands, options, isJson }: Words,
  interrupted: AbortSignal,
  tellError: (reason: string) => void,
): Promise<boolean> {
  const printer = isJson ? new JsonPrinter() : terminalPrinter();
  let error: string | undefined;
  try {
    await run(cluster, { operands, options, interrupted }, printer);
  } catch (thrown) {
    error = explain(thrown);
  }
  if (printer instanceof JsonPrinter) console.log(printer.text(error));
  else if (error !== undefined) tellError(error);
  return error === undefined && !printer.hasFailed;
}
