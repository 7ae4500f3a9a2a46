/** Selects the media type of the answer from `Accept` (RFC 9110, 12.5.1). Pure. */

/** The type that every route can send. */
export const JSON_MEDIA = 'application/json';
/** The type that lists can also send. */
export const CSV_MEDIA = 'text/csv';

interface Range {
  readonly type: string;
  /** 0..1; 0 means not acceptable. */
  readonly quality: number;
}

const RANGE = /^([!#$%&'*+.^_`|~\w-]+)\/([!#$%&'*+.^_`|~\w-]+)$/;
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** Parses a media range. Parameters other than the quality are ignored, and so is invalid text. */
function parseRange(text: string): Range[] {
  const [type = '', ...params] = text.split(';').map((part) => part.trim());
  if (!RANGE.test(type)) return [];
  const quality = params.map((param) => QUALITY.exec(param)?.[1]).find((value) => value !== undefined);
  return [{ type: type.toLowerCase(), quality: Number(quality ?? 1) }];
}

/** The quality of the most specific range that covers the type; 0 when none does. */
function qualityOf(media: string, ranges: readonly Range[]): number {
  const group = `${media.slice(0, media.indexOf('/'))}/*`;
  for (const cover of [media, group, '*/*']) {
    const range = ranges.find(({ type }) => type === cover);
    if (range !== undefined) return range.quality;
  }
  return 0;
}

/**
 * The offered type with the highest quality, of equal ones the first; undefined when none is
 * acceptable. Without a header, or with an empty one, any type is acceptable.
 */
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
