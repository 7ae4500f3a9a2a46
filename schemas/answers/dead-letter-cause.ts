/** A cause of dead letters, and a job that settles all of its dead letters (FAIL-3). */
import { array, boolean, described, list, nullable, oneOf, string, time } from '#schemas/answers.ts';
import { id, whole } from '#schemas/params.ts';

/** The highest number of dead letters that is counted. */
export const MAX_COUNT = 10_000;

export const deadLetterCause = {
  service: string(),
  /** The durable, or the loop, whose dead letters they are. */
  consumer: string(),
  type: described(nullable(string()), 'The type of the events. Null if it can not be read.'),
  code: string('23514'),
  /** Of the newest one. */
  message: string(),
  /** The open dead letters, up to 10,000. */
  count: whole(0, MAX_COUNT),
  /** Whether there are more than `count`. */
  capped: boolean(),
  firstAt: time(),
  lastAt: time(),
} as const;

export const deadLetterCausePage = {
  ...list(deadLetterCause),
  /** Services that did not answer; their causes are not in the list. */
  missing: array(string()),
} as const;

export const deadLetterJob = {
  id: id(),
  status: described(
    oneOf('running', 'completed', 'stopped'),
    'The state of the job. `stopped`: its dead letters have ended the process too often. The others stay open.',
  ),
  /** The open dead letters of the cause when the job was requested. */
  total: whole(0),
  /** Those that are settled as requested. */
  done: whole(0),
  /** Those that failed again, or were settled otherwise meanwhile. */
  failed: whole(0),
} as const;
