/**
 * The events of settling a dead letter (FAIL-3): two for each service with consumers, which differ
 * only in the service's name. A dead letter is an aggregate that is settled once: both events are
 * its version 1.
 */
import { defineEvent, type EventContract, nullable, uuid } from './event.ts';

/** The fields of both events about the dead letter and its event. */
const deadLetterFields = [
  { name: 'letterId', type: uuid },
  { name: 'consumer', type: 'string', doc: 'The durable that set the event aside' },
  { name: 'event', type: 'string', doc: 'Its id; of a message without a readable one, a digest' },
  { name: 'eventType', type: nullable('string'), default: null },
  { name: 'eventSubject', type: nullable('string'), default: null },
  { name: 'code', type: 'string', doc: 'Why it was set aside' },
] as const;

/** `<service>.dead-letter.redriven.v1`: the event was processed after all. */
export function deadLetterRedrivenOf<const Service extends string>(service: Service) {
  return defineEvent({
    type: `${service}.dead-letter.redriven.v1`,
    aggregate: 'dead-letter',
    fields: deadLetterFields,
  });
}

/** `<service>.dead-letter.discarded.v1`: an operator gave the event up, with a reason. */
export function deadLetterDiscardedOf<const Service extends string>(service: Service) {
  return defineEvent({
    type: `${service}.dead-letter.discarded.v1`,
    aggregate: 'dead-letter',
    fields: [...deadLetterFields, { name: 'reason', type: 'string', doc: 'Why it was given up' }],
  });
}

/** The services with dead letters, sorted, from their contracts. */
export function servicesWithDeadLetters(contracts: readonly EventContract[]): string[] {
  const end = '.dead-letter.redriven.v1';
  return contracts.flatMap(({ type }) => (type.endsWith(end) ? type.slice(0, -end.length) : [])).sort();
}
