/** Documents name existing files, so that moving a file also changes the documents. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../', import.meta.url);
/** A path in backticks. One with a placeholder (`<name>`, `…`) names no file. */
const PATH = /`((?:bench|containers|deploy|docs|mixins|products|schemas|scripts|services|test)\/[\w./-]*)`/g;

const documents = readdirSync(new URL('docs/', ROOT), { encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);

describe('the documents', () => {
  it.each(documents)('%s names files and folders that exist', (name) => {
    const text = readFileSync(new URL(`docs/${name}`, ROOT), 'utf8');
    const paths = [...text.matchAll(PATH)].map(([, path = '']) => path);
    expect(paths.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });

  it('name functions that the named files have', () => {
    const guide = readFileSync(new URL('docs/guide.md', ROOT), 'utf8');
    const named = [...guide.matchAll(/`([\w./-]+\.ts)` \(`(\w+)`\)/g)];
    const missing = named.filter(
      ([, file = '', word = '']) => !readFileSync(new URL(file, ROOT), 'utf8').includes(word),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(missing.map(([mention]) => mention)).toEqual([]);
  });
});
