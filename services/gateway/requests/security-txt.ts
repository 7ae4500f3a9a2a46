/** Where to report a vulnerability: `/.well-known/security.txt` (RFC 9116). Pure. */
import type { Config } from '../../../config.ts';

/** How long the answer is valid, in milliseconds: 90 days. The RFC recommends less than a year. */
const VALID_MS = 90 * 24 * 60 * 60_000;

export function securityTxt(
  { securityContact, publicUrl }: Pick<Config, 'securityContact' | 'publicUrl'>,
  now: Date,
): string {
  const expires = new Date(now.getTime() + VALID_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const lines = [`Contact: ${securityContact}`, `Expires: ${expires}`, 'Preferred-Languages: en'];
  // Only the public URL is canonical; over plain HTTP nobody could trust it.
  if (publicUrl?.startsWith('https:')) {
    lines.push(`Canonical: ${new URL('/.well-known/security.txt', publicUrl).href}`);
  }
  return lines.map((line) => `${line}\r\n`).join('');
}
