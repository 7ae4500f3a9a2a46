/** The progress of the demo: one changing line in a terminal, a line for each step elsewhere. */
import { truncate } from '#schemas/text.ts';

export interface Progress {
  /** The current work, replaced by the next text. Only in a terminal. */
  show(text: string): void;
  /** A step is done: as `show` in a terminal, a line elsewhere. */
  step(text: string): void;
  /** A line that stays. */
  tell(text: string): void;
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) {
    const print = (text: string) => void stream.write(`${text}\n`);
    return { show: () => undefined, step: print, tell: print };
  }
  const wipe = '\r\x1b[K';
  // A longer line could not be erased completely. Some terminals report no width.
  const show = (text: string) => void stream.write(`${wipe}${truncate(text, (stream.columns || 80) - 1)}`);
  return { show, step: show, tell: (text) => void stream.write(`${wipe}${text}\n`) };
}
