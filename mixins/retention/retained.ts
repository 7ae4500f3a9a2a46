/**
 * What a service may remove of its tables after some days (ADR 44). The default export of
 * `services/<name>/retention.store.ts` is its `Retention`. Pure.
 */
import type { Config } from '../../config.ts';

/**
 * The statements may read the row `given`: `before` (timestamptz), `firsts` (jsonb: by stream, as
 * NATS calls it, the first sequence that it holds) and, where rows are removed, `keys` (text[]).
 */
export interface RetainedRows {
  /** Names the rows in plans and in the log, and their file in the archive: `dead-letters`. */
  readonly what: string;
  /** After how many days they go. Null: never. */
  days(config: Config): number | null;
  /** Selects the rows that may go, as `key` (text) and `row` (jsonb). */
  readonly due: string;
  /**
   * Removes the rows of the keys, in one transaction for some of them, and counts the removed rows.
   * A row that is no longer due must stay. It may begin with further `WITH` queries, after a comma.
   */
  readonly remove: string;
  /** A table whose writers wait meanwhile, where a statement of theirs would see half of it. */
  readonly lock?: string;
  /** The trigger that refuses removals. Only the owner of the table can switch it off. */
  readonly appendOnly?: { readonly table: string; readonly trigger: string };
}

/**
 * Where a rebuild can start, although the streams no longer begin with their first event. An
 * operator gets a newer one by `npm run <service> -- snapshot`.
 */
export interface RebuildStart {
  /**
   * SELECT of `stream` (the name of its service), `position` (everything up to it is in the
   * snapshot) and `epoch` (of the stream, when the position was read). No row: no snapshot.
   */
  readonly positions: string;
}

export interface Retention {
  readonly rows?: readonly RetainedRows[];
  readonly rebuildStart?: RebuildStart;
}
