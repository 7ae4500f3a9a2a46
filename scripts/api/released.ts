/**
 * The released descriptions of the API. A client of a release works until the major version rises.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { type Change, changesBetween } from './changes.ts';

const fileOf = (product: string) => new URL(`./snapshots/${product}.json`, import.meta.url);

interface Described {
  readonly info: { readonly version: string };
}

export async function readReleased(product: string): Promise<object> {
  return JSON.parse(await readFile(fileOf(product), 'utf8'));
}

/** Writes the description without its texts and examples, which no client depends on. */
export async function writeReleased(product: string, description: object): Promise<void> {
  await writeFile(fileOf(product), `${JSON.stringify(description, withoutTexts, 1)}\n`);
}

/** Keeps `description` where it is the name of a field: then its value is a schema. */
function withoutTexts(key: string, value: unknown): unknown {
  const isText = typeof value === 'string' && (key === 'description' || key === 'summary');
  return isText || key === 'example' || key === 'examples' ? undefined : value;
}

/** The changes that break clients of the release; none if the major version has risen. */
export function breaches(released: object, now: object): Change[] {
  const majorOf = (description: object) => Number((description as Described).info.version.split('.')[0]);
  if (majorOf(now) > majorOf(released)) return [];
  return changesBetween(released, now).filter(({ isBreaking }) => isBreaking);
}
