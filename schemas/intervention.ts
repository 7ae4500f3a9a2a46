/**
 * The event of an operator action in a service (AUD-1): one contract for each service with an
 * outbox, which differ only in the service's name. An operator action is an aggregate with one
 * version. Actions that change the business itself, such as closing a day, have events of their own
 * with more data. The wire name is `intervention`.
 */
import { defineEvent, type EventContract, nullable, uuid } from './event.ts';

/** The operator actions, in the words of the log. A service adds its own to this type. */
export interface InterventionSteps {
  /**
   * A stopped consumer was resumed. The target is its durable, the detail is why it had stopped.
   */
  'consumer-resumed': true;
  /**
   * Events that the broker had refused are published again. The target is the outbox, the detail
   * says which.
   */
  'refused-sent-again': true;
  /**
   * Consumers skip events of a stream that a restored database lacks. The target is the stream's
   * service.
   */
  'orphans-skipped': true;
  /**
   * A job was requested that redrives all dead letters of a cause. The target is their consumer or
   * loop, the detail says how many and of which type and code.
   */
  'redrives-requested': true;
  /** As before, for a job that discards them. The detail also has the reason. */
  'discards-requested': true;
  /**
   * Old history is removed. The target says what, the detail has the number, the time before which,
   * and the SHA-256 of the archive.
   */
  'history-removed': true;
  /** A dead letter was redriven and failed again. The target is its id, the detail is the error. */
  'redrive-failed': true;
}

export type InterventionStep = keyof InterventionSteps;

/** `<service>.intervention.made.v1` */
export function interventionMadeOf<const Service extends string>(service: Service) {
  return defineEvent({
    type: `${service}.intervention.made.v1`,
    aggregate: 'intervention',
    idField: 'interventionId',
    fields: [
      { name: 'interventionId', type: uuid },
      { name: 'step', type: 'string', doc: 'What was done, such as consumer-resumed' },
      { name: 'target', type: 'string', doc: 'What it was done to' },
      { name: 'detail', type: nullable('string'), default: null },
    ],
  });
}

/** The services with operator actions, sorted, from their contracts. */
export function servicesWithInterventions(contracts: readonly EventContract[]): string[] {
  const end = '.intervention.made.v1';
  return contracts.flatMap(({ type }) => (type.endsWith(end) ? type.slice(0, -end.length) : [])).sort();
}
