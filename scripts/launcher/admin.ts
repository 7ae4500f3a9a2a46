/** The first admin's beak: drawn once for a data folder, the same until it has been shown, then forgotten. */
import { randomInt } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { readIfThere, writeWhole } from './files.ts';

/** Without letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 20 characters of 31 are 99 bits: no list of guesses gets there. */
const GROUPS = 4;
const GROUP = 5;

export interface FirstAdmin {
  /** To hand to the auth service; null when an admin was made before. */
  readonly beak: string | null;
  /** Whether `beak` was drawn here and must be shown. */
  readonly drawn: boolean;
  /** To be called when the beak was shown. */
  shown(): void;
}

/** `given` is `ADMIN_BEAK`. */
export function firstAdmin(dataDir: string, given: string | null): FirstAdmin {
  const made = `${dataDir}/admin-made`;
  const pending = `${dataDir}/admin-beak`;
  const drawn = given === null && !existsSync(made);
  // A start that was killed before it showed the beak may have made the admin with it.
  const beak = drawn ? (readIfThere(pending)?.trim() ?? drawBeak()) : given;
  if (drawn) writeWhole(pending, `${beak}\n`);
  return {
    beak,
    drawn,
    shown() {
      writeWhole(made, '');
      rmSync(pending, { force: true });
    },
  };
}

function drawBeak(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
