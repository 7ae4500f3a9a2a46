/**
 * The seal of the journal (ACC-8): a chain of blocks. A block has a digest of each posting, which
 * identifies a changed posting. It also has a hash over these digests and the hash of the block
 * before it. So a block cannot be changed without changing all later ones.
 */
import { hash as hashOf } from 'node:crypto';

/** The hash before the first block. */
export const GENESIS: Buffer = Buffer.alloc(32);

const POSITION_BYTES = 8;
const HASH_BYTES = 32;
const DIGEST_BYTES = POSITION_BYTES + HASH_BYTES;

export interface Block {
  /** 1, 2, 3 … */
  readonly number: number;
  /** The columns that describe the block, in PostgreSQL's text form of a row. */
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
  /** The posting differs from what was sealed. */
  | { readonly kind: 'changed'; readonly position: number }
  /** The posting was sealed and is missing. */
  | { readonly kind: 'removed'; readonly position: number }
  /** The posting was not sealed and is among sealed ones. */
  | { readonly kind: 'added'; readonly position: number };

/** The differences between the sealed digests and those of the journal, in order of position. */
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

/** The positions of the first and the last posting of a block; infinite if it has none. */
export function boundsOf(digests: Buffer): { readonly first: number; readonly last: number } {
  const whole = Math.floor(digests.length / DIGEST_BYTES) * DIGEST_BYTES;
  return { first: positionAt(digests, 0), last: positionAt(digests, whole - DIGEST_BYTES) };
}

/** Returns infinity after the last digest. */
function positionAt(digests: Buffer, offset: number): number {
  // A truncated seal does not end with a whole digest.
  return offset >= 0 && offset + DIGEST_BYTES <= digests.length
    ? Number(digests.readBigInt64BE(offset))
    : Number.POSITIVE_INFINITY;
}
