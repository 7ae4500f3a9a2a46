/**
 * The population of the draw: all assignable users (TASK-3), on the seats 0 .. size - 1 without
 * gaps. A draw picks a seat, which costs the same with ten people and with a hundred thousand. The
 * holder of the last seat moves to the seat of a user who leaves.
 */

/** Roles that make an account unassignable (TASK-3). */
const UNASSIGNABLE_ROLES: readonly string[] = ['manager', 'admin'];

/** TASK-3: every active account that is neither `manager` nor `admin`. */
export function isAssignable(user: { readonly active: boolean; readonly roles: readonly string[] }): boolean {
  return user.active && !user.roles.some((role) => UNASSIGNABLE_ROLES.includes(role));
}

/** A user takes a seat. */
export interface Seating {
  readonly seat: number;
  readonly userId: string;
}

/** The population at one version. Seat n is `members[n]`. */
export interface Population {
  readonly version: number;
  readonly members: readonly string[];
}

export const EMPTY_POPULATION: Population = { version: 0, members: [] };

/**
 * The population some versions later. `taken` are the seats taken in between, in order of version.
 */
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

/** The size after some users left and others joined. */
export function sizeAfter(size: number, leaving: readonly number[], joining: readonly string[]): number {
  return size - leaving.length + joining.length;
}

/**
 * Returns which user takes which seat. `leaving` are the seats that become free, in any order.
 * `last` are the holders of the seats from `sizeAfter` on, before the change. Newcomers take free
 * seats first. Then the holders of the last seats move to the remaining free seats.
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
  if (seat === undefined)
    throw new RangeError(`There is no free seat for user ${index + 1}: only ${seats.length} are free`);
  return seat;
}
