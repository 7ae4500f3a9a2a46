import { defineAction } from '#schemas/action.ts';
import { nullable, time } from '#schemas/answers.ts';
import { sha256 } from '#schemas/fields/accounting.ts';
import { whole } from '#schemas/params.ts';

/** The most unsealed postings that are counted. Usually half a second of postings is unsealed. */
export const MAX_UNSEALED = 10_000;

/**
 * ACC-8. The head of the chain is the hash of its newest block. A sealer adds blocks about half a
 * second after postings. Null before the first block.
 */
export default defineAction({
  action: 'accounting.seal',
  route: 'GET /accounting/seal',
  access: 'signed-in',
  summary: "Shows the head of the journal's hash chain, and how much is not sealed yet.",
  answer: {
    /** Hash of the newest block. */
    head: nullable(sha256),
    /** Number of the newest block. */
    block: nullable(whole(1)),
    sealedAt: nullable(time()),
    /** Number of postings that no block covers yet; the highest number means that many or more. */
    unsealed: whole(0, MAX_UNSEALED),
  },
});
