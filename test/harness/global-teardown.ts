/**
 * Ends what the run started, servers that tests forgot too. Nothing waits for last checkpoints: the
 * data go with them.
 */
import { keptRun } from './shared.ts';

export default async function tearDown(): Promise<void> {
  // The guardian does just that when it is dismissed, and nobody else then does it at the same
  // time.
  await keptRun()?.guard.dismiss();
}
