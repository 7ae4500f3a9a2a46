/**
 * Sets of rows as parameters of a statement: an array for each column, which `unnest` turns into
 * rows again. JSON would take twice the time for large sets (measured). A column's name, type and
 * value stand in one line here, so that columns cannot be mixed up.
 */

/** The type of a column in PostgreSQL, and its value in a row. */
export type RowColumn<Row> = readonly [type: string, value: (row: Row) => unknown];

export interface RowSet<Row> {
  /** The number of its parameters: one for each column. */
  readonly size: number;
  /** The columns by name, for the list of an INSERT. */
  readonly columns: string;
  /** `unnest(…) AS <alias> (<columns>)`, for FROM. `first` is the number of the first parameter. */
  from(alias: string, first?: number): string;
  /** The parameters, in the order of the columns. */
  bind(rows: readonly Row[]): unknown[][];
}

/** Declares the columns of a set, by their names in SQL. */
export function defineRowSet<Row>(columns: Readonly<Record<string, RowColumn<Row>>>): RowSet<Row> {
  const types = Object.values(columns).map(([type]) => type);
  const names = Object.keys(columns).join(', ');
  return {
    size: types.length,
    columns: names,
    from(alias, first = 1) {
      const arrays = types.map((type, index) => `$${first + index}::${type}[]`);
      return `unnest(${arrays.join(', ')}) AS ${alias} (${names})`;
    },
    bind: (rows) => Object.values(columns).map(([, value]) => rows.map(value)),
  };
}
