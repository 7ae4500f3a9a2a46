/** Ids of events: UUIDs of version 7 that rise in this process, so that what came later sorts behind what came before it (RFC 9562). */
import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const RANDOM_BYTES = 16;
/** What a UUID's counter takes of a random word in a new millisecond: all but the highest bit, so that half of its range is left to count up. */
const FIRST_COUNT_MASK = 0x7f_ff_ff_ff;

let msecs = 0;
let count = 0;

/**
 * So many new ids, in rising order. Their random bits are drawn at once: a draw for each costs more than all else of an id (measured:
 * a sixth of what it costs to book an event).
 */
export function newEventIds(number: number): string[] {
  const random = randomFillSync(Buffer.allocUnsafe(number * RANDOM_BYTES));
  return Array.from({ length: number }, (_, index) => {
    const bytes = random.subarray(index * RANDOM_BYTES, (index + 1) * RANDOM_BYTES);
    advance(bytes);
    return uuidv7({ random: bytes, msecs, seq: count });
  });
}

/** Goes on from the last id, also where the clock stands still or was set back. */
function advance(random: Buffer): void {
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    count = random.readUInt32BE(0) & FIRST_COUNT_MASK;
    return;
  }
  count = (count + 1) >>> 0;
  if (count === 0) msecs += 1;
}
