/**
 * The event of an operator's action in a service (AUD-1): one for each service with an outbox,
 * alike but for the service's name. An intervention is an aggregate of its own, made once: its
 * version 1. Actions that change the business itself (a day closed, say) have events that say more.
 */
import { defineEvent, type EventContract, nullable, uuid } from './event.ts';

/** What operators do, in the words of the log. */
export type InterventionStep =
  /** A consumer that had stopped itself goes on; the target is its durable, the detail why it had stopped. */
  | 'consumer-resumed'
  /** Events that the broker had refused are sent again; the target is the outbox, the detail tells which. */
  | 'refused-sent-again'
  /** Consumers skip events of a stream that a restored database does not know; the target is the stream's service. */
  | 'orphans-skipped'
  /** A letter was sent again and failed again; the target is its id, the detail why. */
  | 'redrive-failed'
  /** The target is the generation of figures. */
  | 'rebuild-started'
  | 'rebuild-cancelled'
  /**
   * Made by the service itself: its bucket held entries that it had not written. The target is the
   * bucket, the detail tells the keys.
   */
  | 'identity-entries-removed'
  /**
   * Made by the service itself: somebody had changed or deleted entries of its bucket. It put them
   * back.
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

/** The services, sorted, that can tell of interventions, as their contracts say. */
export function servicesWithInterventions(contracts: readonly EventContract[]): string[] {
  const end = '.intervention.made.v1';
  return contracts.flatMap(({ type }) => (type.endsWith(end) ? type.slice(0, -end.length) : [])).sort();
}
