/** Which group of a set follows another one. */
import type { Space } from '#schemas/comparison.ts';

/** The end of a range that holds this group alone. Null if no group can follow. */
export function groupAfter(space: Space, group: string): string | null {
  switch (space) {
    case 'uuid':
    case 'owner':
    case 'person':
      return incremented(group, '0123456789abcdef');
    case 'line':
      return incremented(group, '0123456789');
    case 'day':
      return `${group}!`;
    default:
      return space satisfies never;
  }
}

/** Adds one to the last word, which may have dashes. Null if it has only highest digits. */
function incremented(group: string, digits: string): string | null {
  const characters = [...group];
  for (let index = characters.length - 1; index >= 0; index--) {
    const character = characters[index] ?? '';
    if (character === '-') continue;
    const value = digits.indexOf(character);
    if (value === -1) return null;
    characters[index] = digits[(value + 1) % digits.length] ?? '';
    if (value + 1 < digits.length) return characters.join('');
  }
  return null;
}
