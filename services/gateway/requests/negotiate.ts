/** Which of the media types that can be had a client wants (RFC 9110, 12.5.1). Pure. */

/** What every route answers with. */
export const JSON_MEDIA = 'application/json';
/** What lists may be asked for. */
export const CSV_MEDIA = 'text/csv';

interface Range {
  readonly type: string;
  /** 0..1; 0: not wanted. */
  readonly quality: number;
}

const RANGE = /^([!#$%&'*+.^_`|~\w-]+)\/([!#$%&'*+.^_`|~\w-]+)$/;
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** Parameters other than the quality do not tell our types apart. What is no range counts for nothing. */
function parseRange(text: string): Range[] {
  const [type = '', ...params] = text.split(';').map((part) => part.trim());
  if (!RANGE.test(type)) return [];
  const quality = params.map((param) => QUALITY.exec(param)?.[1]).find((value) => value !== undefined);
  return [{ type: type.toLowerCase(), quality: Number(quality ?? 1) }];
}

/** Of the most specific range that covers the type; 0 where none does. */
function qualityOf(media: string, ranges: readonly Range[]): number {
  const group = `${media.slice(0, media.indexOf('/'))}/*`;
  for (const cover of [media, group, '*/*']) {
    const range = ranges.find(({ type }) => type === cover);
    if (range !== undefined) return range.quality;
  }
  return 0;
}

/** The offered type that is wanted most, of equals the first; undefined where none is wanted. No header, or an empty one, takes anything. */
export function preferred(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').flatMap(parseRange);
  let best: Range | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}
