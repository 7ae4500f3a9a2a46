/**
 * The population of the draw: everyone assignable (TASK-3), seated without gaps on the seats 0 .. size - 1. To draw is to draw a
 * seat, which costs the same with ten people and with a hundred thousand. Who leaves is replaced by who holds the last seat.
 */

/** Roles that make an account unassignable (TASK-3). */
const UNASSIGNABLE_ROLES: readonly string[] = ['manager', 'admin'];

/** TASK-3: every active account that holds neither `manager` nor `admin`. */
export function isAssignable(user: { readonly active: boolean; readonly roles: readonly string[] }): boolean {
  return user.active && !user.roles.some((role) => UNASSIGNABLE_ROLES.includes(role));
}

/** Somebody takes a seat. */
export interface Seating {
  readonly seat: number;
  readonly userId: string;
}

/** The population as it was at one version; seat n is `members[n]`. */
export interface Population {
  readonly version: number;
  readonly members: readonly string[];
}

export const EMPTY_POPULATION: Population = { version: 0, members: [] };

/** A population some versions later, by who took which seat in between, in order of version. */
export function advance(
  population: Population,
  version: number,
  size: number,
  taken: readonly Seating[],
): Population {
  const members = [...population.members];
  for (const { seat, userId } of taken) members[seat] = userId;
  members.length = size;
  return { version, members };
}

/** The number of people after some came and went. */
export function sizeAfter(size: number, leaving: readonly number[], joining: readonly string[]): number {
  return size - leaving.length + joining.length;
}

/**
 * Who takes which seat when people come and go. `leaving` are the seats that become free, in any order; `last` holds who sits on the
 * seats from `sizeAfter` on, before the change. Newcomers take free seats first; then the last move down into what is still free.
 */
export function reseat(
  size: number,
  leaving: readonly number[],
  joining: readonly string[],
  last: readonly Seating[],
): Seating[] {
  const newSize = sizeAfter(size, leaving, joining);
  const free = leaving.toSorted((a, b) => a - b).concat(seatsBetween(size, newSize));
  const left = free.slice(joining.length).filter((seat) => seat < newSize);
  const gone = new Set(leaving);
  const moving = last.filter(({ seat }) => !gone.has(seat));
  return [
    ...joining.map((userId, index) => ({ seat: seatAt(free, index), userId })),
    ...moving.map(({ userId }, index) => ({ seat: seatAt(left, index), userId })),
  ];
}

function seatsBetween(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function seatAt(seats: readonly number[], index: number): number {
  const seat = seats[index];
  if (seat === undefined) throw new RangeError(`There is no seat for ${index + 1} of ${seats.length}`);
  return seat;
}
