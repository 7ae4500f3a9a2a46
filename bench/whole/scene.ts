/** What every part of a run has: the system, its people, and how much of everything to measure. */
import type { Backlog } from './backlog.ts';
import type { People } from './people.ts';
import type { Memory } from './processes.ts';
import type { System } from './system.ts';

export interface Amounts {
  /** Of each load, in seconds. */
  readonly loadSeconds: number;
  /** Of each load before, which measures the compiler, in seconds. */
  readonly warmUpSeconds: number;
  /** Of the look at the idle system, in seconds. */
  readonly idleSeconds: number;
  /** Open tasks of the shuffle. */
  readonly openTasks: number;
  /** Events of the backlog. */
  readonly bookedEvents: number;
  /** Lines of the journals on which the backlog is booked. */
  readonly bookedOn: readonly number[];
  /** Tasks of which the time until their fee is taken. */
  readonly samples: number;
  /** Done tasks of one person. */
  readonly doneTasks: number;
  /** Done tasks and journal lines of other people. */
  readonly history: { readonly tasks: number; readonly lines: number };
}

export interface Scene {
  readonly system: System;
  readonly people: People;
  readonly backlog: Backlog;
  readonly amounts: Amounts;
  /** Before any load. */
  readonly memoryAtStart: readonly Memory[];
}
