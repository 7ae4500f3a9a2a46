/** Rules for fields of accounting. */

/**
 * The kind of a line: `fee`, `reward`, `payout`, `adjustment`, or a slug that another service
 * requested.
 */
export const kind = {
  type: 'string',
  pattern: /^[a-z][a-z0-9_-]{0,49}$/,
  expects: '1 to 50 lower-case letters, digits, dashes or underscores, a letter first',
  example: 'fee',
} as const;
/** A SHA-256 in hex. */
export const sha256 = {
  type: 'string',
  pattern: /^[0-9a-f]{64}$/,
  example: '0123456789abcdef'.repeat(4),
} as const;

/** The columns of a statement line in CSV after its id and owner, with the currency of the list. */
export const LINE_COLUMNS = [
  'kind',
  'amount',
  'balanceAfter',
  'businessDay',
  'occurredAt',
  'postedAt',
  'reference.type',
  'reference.id',
  'reference.title',
  'reference.externalId',
  'note',
  'by.id',
  'by.name',
  'currency',
] as const;
