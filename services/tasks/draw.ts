/**
 * The draw (TASK-3). It is uniform, and the same seed gives the same draw, so that anyone can check
 * a shuffle afterwards. The seed must come from a cryptographic generator. Nobody can predict the
 * draw without it.
 */
import { createCipheriv } from 'node:crypto';

/** Number of bytes of a seed, which is an AES-256 key. */
export const SEED_BYTES = 32;

/** Yields independent, uniform integers from 0 to 2^32 - 1. */
export type WordSource = () => number;

const WORD_BYTES = 4;
const WORDS = 2 ** 32;
/**
 * Bytes of key stream that are made at a time. They are enough for a chunk of a shuffle, and few
 * enough to waste on one draw.
 */
const BLOCK = Buffer.alloc(2_048);

/** The words of a seed: the key stream of AES-256 in counter mode, big-endian, from counter 0. */
export function seededWords(seed: Uint8Array): WordSource {
  if (seed.length !== SEED_BYTES) throw new RangeError(`A seed has ${SEED_BYTES} bytes, not ${seed.length}`);
  const cipher = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16));
  let block = BLOCK;
  let offset = BLOCK.length;
  return () => {
    if (offset === block.length) {
      block = cipher.update(BLOCK);
      offset = 0;
    }
    const word = block.readUInt32BE(offset);
    offset += WORD_BYTES;
    return word;
  };
}

/**
 * Draws an index below `size` (1 .. 2^32), each with the same probability. The last words of the
 * range would favour the first indexes, so they are discarded. These are less than half of all
 * words, so the loop ends soon.
 */
export function drawIndex(size: number, nextWord: WordSource): number {
  if (!Number.isInteger(size) || size < 1 || size > WORDS) {
    throw new RangeError(`Cannot draw from ${size}: the number must be an integer from 1 to ${WORDS}`);
  }
  const fair = WORDS - (WORDS % size);
  for (;;) {
    const word = nextWord();
    if (word < fair) return word % size;
  }
}
