/**
 * The population of the draw, by version. Nothing here is changed or deleted except a user's
 * current seat. So a reader of a version draws from exactly that set, in any number of statements.
 * It holds no lock and no snapshot while others come and go.
 */
import type { Reader, Tx } from '#mixins/database/database.ts';
import { advance, type Population, type Seating } from './population.ts';

export interface PopulationVersion {
  readonly version: number;
  /** The number of assignable users; their seats are 0 .. size - 1. */
  readonly size: number;
}

/**
 * Serialises changes, so that versions are committed in order and a visible version implies all
 * earlier ones. The lock lasts until the commit.
 */
export async function lockPopulation(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('tasks.population', 0))`);
}

export async function newestPopulation(reader: Reader): Promise<PopulationVersion> {
  const [newest] = await reader.rows<PopulationVersion>(
    'SELECT version, size FROM population ORDER BY version DESC LIMIT 1',
  );
  return newest ?? { version: 0, size: 0 };
}

/** Advances a known population to its newest version. It reads only the changes since. */
export async function followPopulation(reader: Reader, known: Population): Promise<Population> {
  return populationAt(reader, known, await newestPopulation(reader));
}

/** Advances a known population to a later version. */
export async function populationAt(
  reader: Reader,
  known: Population,
  { version, size }: PopulationVersion,
): Promise<Population> {
  if (version === known.version) return known;
  const taken = await reader.rows<Seating>(
    `SELECT number AS seat, user_id AS "userId" FROM seat
     WHERE population_version > $1 AND population_version <= $2 ORDER BY population_version`,
    [known.version, version],
  );
  return advance(known, version, size, taken);
}

export interface SeatHolder {
  readonly id: string;
  readonly seat: number | null;
}

/** The users among these whose seat does not match whether they are assignable. */
export async function misplaced(tx: Tx, userIds: readonly string[]): Promise<SeatHolder[]> {
  return tx.rows<SeatHolder>(
    `SELECT id, seat FROM user_copy
     WHERE id = ANY($1::uuid[]) AND assignable <> (seat IS NOT NULL) ORDER BY id`,
    [userIds],
  );
}

/** The holders of the seats from this one to the last. */
export async function holdersFrom(tx: Tx, seat: number): Promise<Seating[]> {
  return tx.rows<Seating>('SELECT seat, id AS "userId" FROM user_copy WHERE seat >= $1 ORDER BY seat', [
    seat,
  ]);
}

/** Adds a version in which `leaving` have no seat and the others have the seats they took. */
export async function addPopulation(
  tx: Tx,
  population: PopulationVersion,
  leaving: readonly string[],
  taken: readonly Seating[],
): Promise<void> {
  await tx.run('INSERT INTO population (version, size) VALUES ($1, $2)', [
    population.version,
    population.size,
  ]);
  // This comes first, because the index on seats is checked row by row.
  await tx.run('UPDATE user_copy SET seat = NULL WHERE id = ANY($1::uuid[])', [leaving]);
  await tx.run(
    `WITH taken AS (
       SELECT * FROM unnest($1::integer[], $2::uuid[]) AS t(seat, user_id)
     ), moved AS (
       UPDATE user_copy SET seat = taken.seat FROM taken WHERE user_copy.id = taken.user_id
     )
     INSERT INTO seat (number, population_version, user_id) SELECT seat, $3::bigint, user_id FROM taken`,
    [taken.map(({ seat }) => seat), taken.map(({ userId }) => userId), population.version],
  );
}
