/** The first admin's beak: drawn once for a data folder, the same until it has been shown, then forgotten. */
import { randomInt } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { readIfThere, writeWhole } from './files.ts';
import { askGateway } from './gateway-request.ts';

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

/** Until the gateway answers to a sign-in; hashing takes a moment on a busy machine. Milliseconds. */
const SIGN_IN_WITHIN_MS = 10_000;

/**
 * Whether the first admin was made with the drawn beak: a database that was given may have had one before, of another data folder. Signs in, and
 * out again; true where no clear answer is to be had.
 */
export async function wasMadeWith(
  gateway: string,
  { adminLogin: login, certificate }: Pick<Config, 'adminLogin' | 'certificate'>,
  beak: string,
): Promise<boolean> {
  const post = (route: string, body: object) =>
    askGateway(`${gateway}/api/v1/auth/${route}`, {
      method: 'POST',
      body,
      withinMs: SIGN_IN_WITHIN_MS,
      certFile: certificate?.certFile ?? null,
    });
  try {
    const answer = await post('login', { login, beak });
    if (answer.status === 401) return false;
    const { refreshToken } = JSON.parse(answer.body) as { refreshToken?: string };
    if (refreshToken !== undefined) await post('logout', { refreshToken });
  } catch {
    // To show a beak that nobody can sign in with is better than to hide the one that somebody needs.
  }
  return true;
}

function drawBeak(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
