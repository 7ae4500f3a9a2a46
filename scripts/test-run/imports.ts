/** The imports that a source file declares, found in its text. */

export interface Import {
  readonly from: string;
  readonly written: string;
  /** Path from the root. */
  readonly to: string;
}

const ROOT = 'file:///';

/** `from` is the file's path from the root. Imports of libraries are left out. */
export function importsOf(from: string, text: string): Import[] {
  const found = text.matchAll(/(?:from|import|import\()\s*'([.#][^']*)'/g);
  return [...found].map(([, written = '']) => {
    const target = written.startsWith('#')
      ? new URL(written.slice(1), ROOT)
      : new URL(written, new URL(from, ROOT));
    return { from, written, to: target.pathname.slice(1) };
  });
}
