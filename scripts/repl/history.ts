/** Typed lines, which the next session finds again. A history that can't be kept stops nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { PROJECT } from '../../product.ts';

const FILE = `${homedir()}/.${PROJECT}_history`;

/** The newest first. */
export function readHistory(): string[] {
  try {
    return readFileSync(FILE, 'utf8').split('\n');
  } catch {
    return [];
  }
}

export function keepHistory(lines: readonly string[]): void {
  try {
    writeFileSync(FILE, lines.join('\n'), { mode: 0o600 });
  } catch {
    // Such as a home that can't be written.
  }
}
