/**
 * The draw (TASK-3): uniform, and the same again from the same seed, so that anyone can check a shuffle afterwards. A seed must
 * come from a cryptographic generator; whoever does not know it can't foresee the draw.
 */
import { createCipheriv } from 'node:crypto';

/** Bytes of a seed: an AES-256 key. */
export const SEED_BYTES = 32;

/** Yields independent, uniform whole numbers from 0 to 2^32 - 1. */
export type WordSource = () => number;

const WORD_BYTES = 4;
const WORDS = 2 ** 32;
/** Bytes of key stream made at a time: enough for a chunk of the shuffle, little enough to waste on one draw. */
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
 * Draws an index below `size` (1 .. 2^32), each with the same probability. Words at the end of the range that would give the first
 * indexes one chance more are thrown away: less than half of them, so it ends soon.
 */
export function drawIndex(size: number, nextWord: WordSource): number {
  if (!Number.isInteger(size) || size < 1 || size > WORDS) {
    throw new RangeError(`Can't draw one of ${size}`);
  }
  const fair = WORDS - (WORDS % size);
  for (;;) {
    const word = nextWord();
    if (word < fair) return word % size;
  }
}
