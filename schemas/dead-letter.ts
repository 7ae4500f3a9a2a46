/**
 * What tells that an operator settled a dead letter (FAIL-3): two events for each service that consumes, alike but for the service's name.
 * A letter is an aggregate of its own, settled once: both are its version 1.
 */
import { defineEvent, type EventContract, nullable, uuid } from './event.ts';

/** What both tell of the letter and of the event in it. */
const letterFields = [
  { name: 'letterId', type: uuid },
  { name: 'consumer', type: 'string', doc: 'The durable that set the event aside' },
  { name: 'event', type: 'string', doc: 'Its id; of a message without a readable one, a digest' },
  { name: 'eventType', type: nullable('string'), default: null },
  { name: 'eventSubject', type: nullable('string'), default: null },
  { name: 'code', type: 'string', doc: 'Why it was set aside' },
] as const;

const recordName = <const Name extends string>(service: string, name: Name) =>
  `${service.replaceAll('-', '_')}.${name}` as const;

/** `<service>.dead-letter.redriven.v1`: the event took effect after all. */
export function deadLetterRedrivenOf<const Service extends string>(service: Service) {
  return defineEvent({
    type: `${service}.dead-letter.redriven.v1`,
    aggregate: 'dead-letter',
    schema: {
      type: 'record',
      name: recordName(service, 'DeadLetterRedriven'),
      fields: letterFields,
    },
  });
}

/** `<service>.dead-letter.discarded.v1`: the event was given up, for a reason. */
export function deadLetterDiscardedOf<const Service extends string>(service: Service) {
  return defineEvent({
    type: `${service}.dead-letter.discarded.v1`,
    aggregate: 'dead-letter',
    schema: {
      type: 'record',
      name: recordName(service, 'DeadLetterDiscarded'),
      fields: [...letterFields, { name: 'reason', type: 'string', doc: 'Why it was given up' }],
    },
  });
}

/** The services, sorted, that can settle dead letters, as their contracts tell. */
export function servicesWithLetters(contracts: readonly EventContract[]): string[] {
  const end = '.dead-letter.redriven.v1';
  return contracts.flatMap(({ type }) => (type.endsWith(end) ? type.slice(0, -end.length) : [])).sort();
}
