import { describe, expect, it } from '@jest/globals';
import {
  type AvroValue,
  defineEvent,
  type EventContract,
  type EventData,
  nullable,
  serviceOf,
  timestamp,
  uuid,
} from './event.ts';

/** Whether two types are equal, not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile when the argument's type is not `true`. */
const holds = <_T extends true>() => expect(true).toBe(true);

const everything = defineEvent({
  type: 'x.everything.made.v1',
  aggregate: 'x',
  fields: [
    { name: 'id', type: uuid },
    { name: 'at', type: timestamp },
    { name: 'note', type: nullable('string'), default: null },
    { name: 'owner', type: nullable(uuid), default: null },
    { name: 'kind', type: { type: 'enum', name: 'x.Kind', symbols: ['a', 'b'] } },
    { name: 'days', type: { type: 'array', items: { type: 'int', logicalType: 'date' } } },
    {
      name: 'inner',
      type: { type: 'record', name: 'x.Inner', fields: [{ name: 'done', type: 'boolean' }] },
    },
  ],
});

describe('the type of an event', () => {
  it('is derived from its Avro schema (checked by the compiler)', () => {
    interface Expected {
      readonly id: string;
      readonly at: number;
      readonly note: string | null;
      readonly owner: string | null;
      readonly kind: 'a' | 'b';
      readonly days: readonly number[];
      readonly inner: { readonly done: boolean };
    }
    type Flat = { [K in keyof EventData<typeof everything>]: EventData<typeof everything>[K] };
    holds<Same<Flat, { [K in keyof Expected]: Expected[K] }>>();
    holds<Same<AvroValue<'long'>, number>>();
    holds<Same<(typeof everything)['type'], 'x.everything.made.v1'>>();
  });

  it('is a record of unknown values if the contract is not known', () => {
    holds<Same<EventData<EventContract>, Readonly<Record<string, unknown>>>>();
    const general: EventContract = everything;
    expect(general.type).toBe('x.everything.made.v1');
  });

  it('does not compile with other data', () => {
    // @ts-expect-error: kind is 'a' or 'b'
    const wrong: EventData<typeof everything>['kind'] = 'c';
    // @ts-expect-error: a field is missing
    const missing: EventData<typeof everything> = { id: '', kind: 'a' };
    // @ts-expect-error: the type's form is <service>.<entity>.<past-tense>.v<major>
    const form = defineEvent({ type: 'x.v1', aggregate: 'x', fields: everything.schema.fields });
    expect([wrong, missing, form]).toHaveLength(3);
  });
});

describe('the service of an event', () => {
  it('is the first word of its type', () => {
    expect(serviceOf('parrots.parrot.created.v1')).toBe('parrots');
    expect(serviceOf('dead-mail.mail.sent.v12')).toBe('dead-mail');
  });
});
