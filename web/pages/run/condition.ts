/** What is wrong with a system, the worst first, and so what to do. Pure. */
import type { Answer } from '#client';

export type Health = Answer<'/system/health', 'get'>;

export interface Finding {
  readonly is:
    | 'differences'
    | 'missing'
    | 'stopped'
    | 'stalled'
    | 'refused'
    | 'silent'
    | 'waiting'
    | 'late'
    | 'letters';
  /** Whose it is: services, consumers or loops. Empty where it concerns the whole. */
  readonly names: readonly string[];
  /** Whether it goes on until somebody acts. */
  readonly isGrave: boolean;
}

/**
 * Events that wait for longer than this are late, in seconds. A healthy outbox takes less than one.
 */
const LATE_SECONDS = 10;

/** `consistent`: what the newest reconciliation says of the books; null and undefined: nothing. */
export function findingsOf(health: Health, consistent?: boolean | null): readonly Finding[] {
  const { services, consumers, loops, outboxes, missing } = health;
  const nameOf = ({ name }: { readonly name: string }) => name;
  const serviceOf = ({ service }: { readonly service: string }) => service;
  const found = (is: Finding['is'], names: readonly string[], isGrave: boolean): readonly Finding[] =>
    names.length === 0 ? [] : [{ is, names, isGrave }];
  const consumersIn = (state: string) => consumers.filter((each) => each.state === state).map(nameOf);
  return [
    ...(consistent === false ? [{ is: 'differences', names: [], isGrave: true } as const] : []),
    ...found('missing', missing, true),
    ...found('stopped', consumersIn('stopped'), true),
    ...found('stalled', loops.filter(({ state }) => state === 'stalled').map(nameOf), true),
    ...found('refused', outboxes.filter(({ refused }) => refused > 0).map(serviceOf), true),
    ...found(
      'silent',
      services.filter(({ silent, name }) => silent > 0 && !missing.includes(name)).map(nameOf),
      false,
    ),
    ...found('waiting', consumersIn('waiting'), false),
    ...found(
      'late',
      outboxes.filter(({ oldestSeconds }) => oldestSeconds > LATE_SECONDS).map(serviceOf),
      false,
    ),
    ...found('letters', consumers.filter(({ deadLetters }) => (deadLetters ?? 0) > 0).map(nameOf), false),
  ];
}

type Consumer = Health['consumers'][number];

/** Whether a consumer runs and has nothing to do. */
export const isCalm = ({ state, pending, ackPending, deadLetters }: Consumer): boolean =>
  state === 'running' && pending === 0 && ackPending === 0 && deadLetters === 0;
