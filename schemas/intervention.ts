/**
 * The event of an operator action in a service (AUD-1): one contract for each service with an
 * outbox, which differ only in the service's name. An operator action is an aggregate with one
 * version. Actions that change the business itself, such as closing a day, have events of their own
 * with more data. The wire name is `intervention`.
 */
import { defineEvent, type EventContract, nullable, uuid } from './event.ts';

/** The operator actions, in the words of the log. */
export type InterventionStep =
  /**
   * A stopped consumer was resumed. The target is its durable, the detail is why it had stopped.
   */
  | 'consumer-resumed'
  /**
   * Events that the broker had refused are published again. The target is the outbox, the detail
   * says which.
   */
  | 'refused-sent-again'
  /**
   * Consumers skip events of a stream that a restored database lacks. The target is the stream's
   * service.
   */
  | 'orphans-skipped'
  /** A dead letter was redriven and failed again. The target is its id, the detail is the error. */
  | 'redrive-failed'
  /** The target is the generation of figures. */
  | 'rebuild-started'
  | 'rebuild-cancelled'
  /**
   * Done by the service itself: its bucket had entries that it did not write. The target is the
   * bucket, the detail lists the keys.
   */
  | 'identity-entries-removed'
  /**
   * Done by the service itself: somebody changed or deleted entries of its bucket, and it restored
   * them.
   */
  | 'identity-entries-restored';

/** `<service>.intervention.made.v1` */
export function interventionMadeOf<const Service extends string>(service: Service) {
  return defineEvent({
    type: `${service}.intervention.made.v1`,
    aggregate: 'intervention',
    idField: 'interventionId',
    schema: {
      type: 'record',
      name: `${service.replaceAll('-', '_')}.InterventionMade`,
      fields: [
        { name: 'interventionId', type: uuid },
        { name: 'step', type: 'string', doc: 'What was done, such as consumer-resumed' },
        { name: 'target', type: 'string', doc: 'What it was done to' },
        { name: 'detail', type: nullable('string'), default: null },
      ],
    },
  });
}

/** The services with operator actions, sorted, from their contracts. */
export function servicesWithInterventions(contracts: readonly EventContract[]): string[] {
  const end = '.intervention.made.v1';
  return contracts.flatMap(({ type }) => (type.endsWith(end) ? type.slice(0, -end.length) : [])).sort();
}
