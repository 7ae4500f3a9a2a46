/**
 * What auth adds to a start by the launcher: the secret that seals its signing keys, and the first
 * admin's beak. The beak is drawn once for a data folder. It is kept until it was shown, and then
 * deleted.
 */
import { randomInt } from 'node:crypto';
import type { Post, ServiceLaunch } from '#mixins/launching.ts';
import { ADMIN_MADE_FILE, KEY_SECRET_FILE } from './data-folder.ts';

/** The file with a beak that was drawn and not shown yet. */
const PENDING = 'admin-beak';

/** Leaves out letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 20 characters out of 31 are 99 bits, too many for guessing. */
const GROUPS = 4;
const GROUP = 5;

const launchAuth: ServiceLaunch = ({ config, files }) => {
  const { adminLogin: login, adminBeak } = config;
  const given = config.serviceDatabaseUrls.auth ?? config.databaseUrl;
  // When a database was given, it stores a secret for all its nodes.
  const keySecret = config.keySecret ?? (given === null ? files.secret(KEY_SECRET_FILE) : null);
  const isDrawn = adminBeak === null && files.read(ADMIN_MADE_FILE) === null;
  // A start that was killed before it showed the beak may have made the admin with it.
  const beak = isDrawn ? (files.read(PENDING)?.trim() ?? drawBeak()) : adminBeak;
  if (isDrawn) files.write(PENDING, `${beak}\n`);
  return {
    variables: {
      ...(keySecret === null ? {} : { KEY_SECRET: keySecret }),
      ...(beak === null ? {} : { ADMIN_BEAK: beak }),
    },
    async announce(post) {
      const isTheirs = isDrawn && beak !== null && (given === null || (await wasMadeWith(post, login, beak)));
      return `admin: ${login}${isTheirs ? `, beak: ${beak} (shown only this once)` : ''}`;
    },
    announced() {
      files.write(ADMIN_MADE_FILE, '');
      files.remove(PENDING);
    },
  };
};

export default launchAuth;

/**
 * Whether the first admin was made with the drawn beak. A database that was given may already have
 * an admin of another data folder. Signs in and out again. Returns true when the answer is unclear.
 */
async function wasMadeWith(post: Post, login: string, beak: string): Promise<boolean> {
  try {
    const answer = await post('/api/v1/auth/login', { login, beak });
    if (answer.status === 401) return false;
    const { refreshToken } = JSON.parse(answer.body) as { refreshToken?: string };
    if (refreshToken !== undefined) await post('/api/v1/auth/logout', { refreshToken });
  } catch {
    // It is better to show a useless beak than to hide one that somebody needs.
  }
  return true;
}

function drawBeak(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
