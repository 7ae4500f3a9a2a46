import { defineComparison, number, text } from '#schemas/comparison.ts';

export default defineComparison({
  name: 'balance',
  left: 'accounting',
  right: 'analytics',
  space: 'owner',
  page: 5_000,
  key: [text('ownerType'), text('ownerId')],
  value: [number('balance')],
  noun: 'balance of {ownerType} {ownerId}',
});
