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
import { MAX_PAGE_SIZE } from '#schemas/params.ts';
import { CSV_MEDIA } from '../requests/negotiate.ts';
import { wantsHeadOnly } from './reply.http.ts';

/** A page of a list. The cursor is missing when the list has only one page. */
export interface CsvPage extends Listed {
  readonly nextCursor?: string | null;
}

/** Returns a page of at most `limit` items: that after a cursor, or the first one. */
export type FetchPage = (cursor: string | null, limit: number) => Promise<CsvPage>;

const pageSize = (left = MAX_PAGE_SIZE): number => Math.min(left, MAX_PAGE_SIZE);

async function* linesOf(
  { columns, limit }: Pick<CsvHead, 'columns' | 'limit'>,
  first: CsvPage,
  fetchPage: FetchPage,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns);
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (let page = first; ; ) {
    if (page.items.length > 0) yield csvLines(page, columns);
    left -= page.items.length;
    if (page.nextCursor == null || left <= 0) return;
    page = await fetchPage(page.nextCursor, pageSize(left));
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
  /** The most items; undefined: all of them. */
  readonly limit: number | undefined;
}

/**
 * Answers with all items of a list, or with the first ones up to a limit. The first page is fetched
 * before the answer begins, so that a refusal is an ordinary problem. A later failure cuts the
 * connection, so that clients never take a part for the whole.
 */
export async function sendCsv(
  res: ServerResponse,
  { status, fileName, columns, limit }: CsvHead,
  fetchPage: FetchPage,
): Promise<void> {
  const first = await fetchPage(null, pageSize(limit));
  res.statusCode = status;
  res.setHeader('Content-Type', `${CSV_MEDIA}; charset=utf-8; header=present`);
  res.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  if (wantsHeadOnly(res)) {
    res.end();
    return;
  }
  await pipeline(Readable.from(linesOf({ columns, limit }, first, fetchPage)), res).catch(() =>
    res.destroy(),
  );
}
