/** How far the demo is: one line that changes in a terminal, a line for each step elsewhere. */
import { truncate } from '#schemas/text.ts';

export interface Progress {
  /** What is being done now; the next text takes its place. Only in a terminal. */
  show(text: string): void;
  /** A step is done: as `show` in a terminal, a line elsewhere. */
  step(text: string): void;
  /** What stays. */
  tell(text: string): void;
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) {
    const print = (text: string) => void stream.write(`${text}\n`);
    return { show: () => undefined, step: print, tell: print };
  }
  const wipe = '\r\x1b[K';
  // A longer one would not be wiped away whole; some terminals have no width.
  const show = (text: string) => void stream.write(`${wipe}${truncate(text, (stream.columns || 80) - 1)}`);
  return { show, step: show, tell: (text) => void stream.write(`${wipe}${text}\n`) };
}
