/** A dead letter as clients see it (FAIL-3): in a list, and alone. */
import { array, described, json, list, nullable, oneOf, record, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

export const deadLetterItem = {
  id: id(),
  service: string(),
  /** The durable, or the loop, whose dead letter it is. */
  consumer: string(),
  type: described(nullable(string()), 'The type of the event. Null if it can not be read.'),
  subject: described(
    nullable(string()),
    'The aggregate of the event and its id, such as `box/<id>`. Null if it can not be read.',
  ),
  /** Deliveries or isolated attempts, and failed redrives. */
  attempts: whole(0),
  code: string(),
  message: string(),
  /**
   * Always false: no consumer blocks later events of an aggregate. Clients of earlier versions read
   * it.
   */
  parked: oneOf(false),
  at: time(),
} as const;

/** A page of the list. */
export const deadLetterPage = {
  ...list(deadLetterItem),
  /** Services that did not answer; their dead letters are not in the list. */
  missing: array(string()),
} as const;

export const deadLetter = {
  ...deadLetterItem,
  status: oneOf('open', 'redriven', 'discarded'),
  settledAt: nullable(time()),
  settledBy: nullable(string()),
  settledReason: nullable(string()),
  /** The event's id; for a message without a readable one, a digest of its bytes. */
  event: string(),
  sequence: described(nullable(whole(0)), 'The version of the aggregate. Null if it can not be read.'),
  headers: record(string()),
  /** The data of the event; null when they can't be read. */
  data: json(),
  /** In base64. */
  payload: string(),
} as const;
