/**
 * A list as CSV: fetched page by page as the client takes it, so that neither this node nor the service holds more than a page. A
 * stream from the action would not do: between nodes Moleculer has no back-pressure, and a slow client would fill the gateway's memory.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BYTE_ORDER_MARK, csvLine, csvLines } from '#mixins/csv.ts';
import { CSV_MEDIA } from '../requests/negotiate.ts';
import { wantsHeadOnly } from './reply.ts';

/** A page as lists answer with it; the cursor is missing where a list is never continued. */
export interface CsvPage {
  readonly items: readonly object[];
  readonly nextCursor?: string | null;
}

/** Gives the page behind a cursor, or the first one. */
export type FetchPage = (cursor: string | null) => Promise<CsvPage>;

async function* linesOf(
  columns: readonly string[],
  first: CsvPage,
  fetchPage: FetchPage,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns);
  for (let page = first; ; ) {
    if (page.items.length > 0) yield csvLines(page.items, columns);
    if (page.nextCursor == null) return;
    page = await fetchPage(page.nextCursor);
  }
}

/** What a list is called when it is saved: `accounting-statement.csv` for the action `accounting.statement`. */
export const fileNameOf = (action: string): string => `${action.replaceAll('.', '-')}.csv`;

/** What stands before the lines. */
export interface CsvHead {
  readonly status: number;
  readonly fileName: string;
  readonly columns: readonly string[];
}

/**
 * Answers with all items of a list. The first page is fetched before the answer begins: a refusal is a problem as ever. What fails
 * later cuts the connection, so that a part is never taken for the whole.
 */
export async function sendCsv(
  res: ServerResponse,
  { status, fileName, columns }: CsvHead,
  fetchPage: FetchPage,
): Promise<void> {
  const first = await fetchPage(null);
  res.statusCode = status;
  res.setHeader('Content-Type', `${CSV_MEDIA}; charset=utf-8; header=present`);
  res.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  if (wantsHeadOnly(res)) {
    res.end();
    return;
  }
  await pipeline(Readable.from(linesOf(columns, first, fetchPage)), res).catch(() => res.destroy());
}
