/**
 * What a service declares about its use of NATS, under `rights` in its schema, beside what its actions, events and consumers say. The
 * permissions of its NATS user are generated from both (`npm run nats -- permissions`): what is not declared is refused.
 */
import type { EventContract } from '../../schemas/event.ts';

export interface Rights {
  /** Actions of other services that it calls: names, or patterns such as `*.ready`, in which `*` stands for one word. */
  readonly calls?: readonly string[];
  /** Events that belong to other services' streams and that its outbox may append: what it asks of them. */
  readonly requests?: readonly EventContract[];
  /** Streams that it reads again from their beginning by durables of changing names, by the names of their services. */
  readonly replays?: readonly string[];
  /** Buckets that only this service writes and empties, without the namespace. */
  readonly buckets?: readonly string[];
}
