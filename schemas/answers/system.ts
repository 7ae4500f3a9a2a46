/** The state of the system, for operators. */
import {
  type AnswerOf,
  array,
  boolean,
  described,
  nullable,
  object,
  oneOf,
  string,
  time,
} from '#schemas/answers.ts';
import { whole } from '#schemas/params.ts';

/** The highest number of mails that is counted. */
export const MAX_COUNT = 10_000;
const number = { type: 'number', min: 0 } as const;
/** `capped`: there are more than this. */
const count = object({ count: whole(0, MAX_COUNT), capped: boolean() });

const mailStats = {
  queued: count,
  failed: count,
  /** When the oldest queued mail was requested. */
  oldestQueuedAt: nullable(time()),
} as const;
export type MailStats = AnswerOf<typeof mailStats>;

export const systemHealth = {
  /** When the services were asked. */
  at: time(),
  services: array(
    object({
      name: string('accounting'),
      /** Nodes that answered. */
      nodes: whole(0),
      /** Nodes that did not answer in time. */
      silent: whole(0),
    }),
  ),
  /** The worst first. States and rates are those of all nodes together. */
  consumers: array(
    object({
      /** The durable. */
      name: string('accounting-tasks'),
      service: string('accounting'),
      /** The worst state of its nodes. */
      state: oneOf('stopped', 'waiting', 'closed', 'running'),
      reason: described(nullable(string()), 'Why it waits or has stopped. Null while it runs.'),
      stoppedAt: nullable(time()),
      /** Events that were not delivered yet. Null while NATS does not answer. */
      pending: nullable(whole(0)),
      /** Events that were delivered and not acknowledged yet. */
      ackPending: nullable(whole(0)),
      /** Of these, events that were delivered more than once. */
      redeliveredPending: nullable(whole(0)),
      eventsPerSecond: number,
      /** Open dead letters. */
      deadLetters: nullable(whole(0)),
      /** Nodes that run it. */
      nodes: whole(0),
    }),
  ),
  /** The worst first. */
  loops: array(
    object({
      name: string('tasks-shuffles'),
      service: string('tasks'),
      /** The worst state of its nodes. */
      state: oneOf('stalled', 'waiting', 'working', 'idle'),
      reason: described(nullable(string()), 'Why it makes no progress. Null while it does.'),
      since: nullable(time()),
      nodes: whole(0),
    }),
  ),
  outboxes: array(
    object({
      service: string('accounting'),
      /** Events that wait to be published; counted up to 100,000. */
      waiting: whole(0),
      /** The age of the oldest of them, 0 without any. */
      oldestSeconds: number,
      /** Events that the broker refused for good. */
      refused: whole(0),
    }),
  ),
  /** Null if no service that sends mails answers. */
  mails: nullable(object(mailStats)),
  /** Services of which no node answered. */
  missing: array(string('audit')),
} as const;
export type SystemHealth = AnswerOf<typeof systemHealth>;
