/** What the functions of one consumer on one node share. */
import type { Run } from '../bus/runs.ts';
import type { Database } from '../database/database.ts';
import type { Platform } from '../platform.ts';
import type { Decoder } from './decode.ts';
import type { ConsumerDefinition } from './definition.ts';
import type { ConsumerSettings } from './settings.ts';
import type { Mutex } from './lone-attempts.ts';

export type ConsumerLogger = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error' | 'fatal', (...args: unknown[]) => void>
>;

export interface ConsumerContext {
  /** The durable: `<service>-<key>`. */
  readonly name: string;
  readonly definition: ConsumerDefinition;
  readonly batchSize: number;
  readonly database: Database;
  readonly platform: Platform;
  readonly decoder: Decoder;
  readonly settings: ConsumerSettings;
  readonly logger: ConsumerLogger;
  /** Runs the lone attempts of all consumers of the process one at a time. */
  readonly mutex: Mutex;
  /** Lone attempts, by event, that failed without killing this process while the database could not be told. */
  readonly survived: Map<string, number>;
  /** Aborted when the consumer is to end: nothing is retried any more. */
  readonly ending: AbortSignal;
  /** What the alarm says after its reason: how it goes on. */
  readonly wayOn: string;
  /** When it was started or resumed, in milliseconds: letters set aside before do not count towards the bound of a minute. */
  startedAt: number;
  /** Sequences of the stream that are skipped: those of orphaned events, or where there may be some (bus/epochs.ts). */
  skipped: readonly Run[];
  readonly counters: Counters;
}

/** What happened since the start, on this node. */
export interface Counters {
  handled: number;
  batches: number;
  redelivered: number;
  retries: number;
  setAside: number;
}

/** Nothing more can be done now: whatever is not settled goes back to the broker. */
export class GiveBack extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'GiveBack';
  }
}

/** The consumer stops until an operator lets it go on: what happens is a bug, not poison. */
export class ConsumerStopped extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ConsumerStopped';
  }
}

/** A transaction took longer than a batch may. */
export class DeadlineExceeded extends Error {
  constructor(milliseconds: number) {
    super(`The transaction took longer than ${milliseconds} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Rejects with `DeadlineExceeded` when `work` has not ended within so many milliseconds. */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(milliseconds)), milliseconds).unref();
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
