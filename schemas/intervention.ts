/**
 * What tells that an operator put a hand into a service's machinery (AUD-1): one event for each service with an outbox, alike but for the
 * service's name. An intervention is an aggregate of its own, made once: its version 1. What changes the business itself (a day closed, a
 * shuffle, a letter settled) has events that say more.
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
  /** Made by auth itself: the bucket held entries that auth had not written. The target is the bucket, the detail tells the keys. */
  | 'identity-entries-removed'
  /** Made by auth itself: somebody had changed or deleted what auth had written, and it was put back. */
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
