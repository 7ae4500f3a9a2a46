/** Passwords as PostgreSQL keeps them: only this form goes over the wire and into the server's log. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** PostgreSQL's own default; our passwords have 256 bits, so more would not help. */
const ITERATIONS = 4096;
const KEY_BYTES = 32;

/** The SCRAM-SHA-256 verifier of a password of printable ASCII (which needs no SASLprep). */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
