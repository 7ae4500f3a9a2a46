/**
 * Ends all servers of the run, including those that tests forgot. It does not wait for last
 * checkpoints, because the data are deleted.
 */
import { keptRun } from './shared.ts';

export default async function tearDown(): Promise<void> {
  // A dismissed guardian does exactly this, so only one process does it.
  await keptRun()?.guard.dismiss();
}
