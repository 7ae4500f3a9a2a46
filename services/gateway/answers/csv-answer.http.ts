/**
 * A list as CSV. It is fetched page by page as the client reads it, so that this node and the
 * service hold only one page.
 *
 * A stream from the action would be unsafe: Moleculer has no back-pressure between nodes, and a
 * slow client would fill the gateway's memory.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BYTE_ORDER_MARK, csvLine, csvLines, type Listed } from '#mixins/csv.ts';
import { CSV_MEDIA } from '../requests/negotiate.ts';
import { wantsHeadOnly } from './reply.http.ts';

/** A page of a list. The cursor is missing when the list has only one page. */
export interface CsvPage extends Listed {
  readonly nextCursor?: string | null;
}

/** Returns the page after a cursor, or the first page. */
export type FetchPage = (cursor: string | null) => Promise<CsvPage>;

async function* linesOf(
  columns: readonly string[],
  first: CsvPage,
  fetchPage: FetchPage,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns);
  for (let page = first; ; ) {
    if (page.items.length > 0) yield csvLines(page, columns);
    if (page.nextCursor == null) return;
    page = await fetchPage(page.nextCursor);
  }
}

/**
 * The file name of a saved list: `accounting-statement.csv` for the action `accounting.statement`.
 */
export const fileNameOf = (action: string): string => `${action.replaceAll('.', '-')}.csv`;

/** The status and headers before the lines. */
export interface CsvHead {
  readonly status: number;
  readonly fileName: string;
  readonly columns: readonly string[];
}

/**
 * Answers with all items of a list. The first page is fetched before the answer begins, so that a
 * refusal is an ordinary problem. A later failure cuts the connection, so that clients never take a
 * part for the whole.
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
