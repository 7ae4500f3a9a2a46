/** Lines about the progress of a long copy. */

/** Interval of the lines about one file, in milliseconds. */
const SAY_EVERY_MS = 5_000;

export class Progress {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  say(line: string): void {
    this.#print(line);
  }

  /** Passes the chunks on, and prints from time to time how many bytes there were. */
  async *count<Chunk extends Uint8Array>(what: string, source: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    let bytes = 0;
    let sayAt = performance.now() + SAY_EVERY_MS;
    for await (const chunk of source) {
      bytes += chunk.length;
      yield chunk;
      if (performance.now() < sayAt) continue;
      this.#print(`${what}: ${inMegabytes(bytes)} so far`);
      sayAt = performance.now() + SAY_EVERY_MS;
    }
  }
}

export function inMegabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
