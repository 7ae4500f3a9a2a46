import type { Database } from '#mixins/database/database.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import type { OutageLog } from '#mixins/outage.ts';
import type { Config } from '../../config.ts';

/** Dependencies of accounting's workers. */
export interface WorkerOptions {
  readonly database: Database;
  readonly config: Config;
  readonly loops: Loops;
  readonly log: OutageLog;
}
