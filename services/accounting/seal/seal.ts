/**
 * The seal of the journal (ACC-8): a chain of blocks. A block holds a digest of each of its postings, so that the one that was tampered with
 * can be named, and a hash over them and over the hash of the block before it, so that no block can be changed without all that follow.
 */
import { hash as hashOf } from 'node:crypto';

/** What stands for the hash of a block before the first one. */
export const GENESIS: Buffer = Buffer.alloc(32);

const POSITION_BYTES = 8;
const HASH_BYTES = 32;
const DIGEST_BYTES = POSITION_BYTES + HASH_BYTES;

export interface Block {
  /** 1, 2, 3 … */
  readonly number: number;
  /** The columns that describe the block, as PostgreSQL's text of a row of them. */
  readonly header: string;
  /** Position and SHA-256 of each posting, in order of position. */
  readonly digests: Buffer;
  readonly hash: Buffer;
}

/** The hash that a block must have. The statement that seals computes the same. */
export function chained(previous: Buffer, { header, digests }: Pick<Block, 'header' | 'digests'>): Buffer {
  return hashOf('sha256', Buffer.concat([previous, Buffer.from(header), digests]), 'buffer');
}

export type Difference =
  /** It is not what it was when it was sealed. */
  | { readonly kind: 'changed'; readonly position: number }
  /** It was sealed, and is not there any more. */
  | { readonly kind: 'removed'; readonly position: number }
  /** It was not sealed, and stands among those that were. */
  | { readonly kind: 'added'; readonly position: number };

/** What differs between the digests of a seal and those of the journal, in order of position. */
export function* differences(sealed: Buffer, found: Buffer): Generator<Difference> {
  if (sealed.equals(found)) return;
  let at = 0;
  let other = 0;
  for (;;) {
    const was = positionAt(sealed, at);
    const is = positionAt(found, other);
    if (was === is && was === Number.POSITIVE_INFINITY) return;
    if (was < is) {
      yield { kind: 'removed', position: was };
    } else if (is < was) {
      yield { kind: 'added', position: is };
    } else if (sealed.compare(found, other, other + DIGEST_BYTES, at, at + DIGEST_BYTES) !== 0) {
      yield { kind: 'changed', position: was };
    }
    if (was <= is) at += DIGEST_BYTES;
    if (is <= was) other += DIGEST_BYTES;
  }
}

/** Of the first and the last posting of a block; infinite where it has none. */
export function boundsOf(digests: Buffer): { readonly first: number; readonly last: number } {
  const whole = Math.floor(digests.length / DIGEST_BYTES) * DIGEST_BYTES;
  return { first: positionAt(digests, 0), last: positionAt(digests, whole - DIGEST_BYTES) };
}

/** Behind the last one there is no end. */
function positionAt(digests: Buffer, offset: number): number {
  // A seal that was cut short has no whole digest in the end.
  return offset >= 0 && offset + DIGEST_BYTES <= digests.length
    ? Number(digests.readBigInt64BE(offset))
    : Number.POSITIVE_INFINITY;
}
