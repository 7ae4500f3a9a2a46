/** A shuffle as clients see it (TASK-5). */
import { nullable, object, oneOf, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

export const shuffle = {
  id: id(),
  status: oneOf('running', 'completed'),
  /**
   * Open tasks when the button was pressed. It grows if tasks were just being created and were
   * drawn too.
   */
  total: whole(0),
  /**
   * Tasks drawn so far. The final number is below `total` if some tasks were completed before the
   * shuffle reached them (TASK-6).
   */
  done: whole(0),
  /** The id is a user's, or `operator:<user>@<host>`, which is then the name too. */
  requestedBy: object({ id: string('0195a000-0000-7000-8000-000000000001'), name: string('Mia') }),
  requestedAt: time(),
  /** Null while the shuffle is running. */
  completedAt: nullable(time()),
} as const;
