import { defineAction } from '#schemas/action.ts';
import { time } from '#schemas/answers.ts';
import { sha256 } from '#schemas/fields/accounting.ts';
import { whole } from '#schemas/params.ts';

/**
 * ACC-8. Blocks are numbered from 1 without gaps. Refused with `not_found` for any other number.
 */
export default defineAction({
  action: 'accounting.sealBlock',
  route: 'GET /accounting/seal/blocks/:number',
  access: 'signed-in',
  summary: "Shows a block of the journal's hash chain.",
  params: {
    number: { type: 'string', pattern: /^[1-9]\d{0,15}$/, expects: 'the number of a block', example: '1' },
  },
  answer: {
    number: whole(1),
    /** Number of postings that the block covers. */
    postings: whole(1),
    hash: sha256,
    /** Hash of the block before; zeros for the first block. */
    previousHash: sha256,
    sealedAt: time(),
  },
});
