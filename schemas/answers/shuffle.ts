/** A shuffle as clients see it (TASK-5). */
import { oneOf } from '#schemas/answers.ts';
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
} as const;
