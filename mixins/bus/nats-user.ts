/** What the user of NATS that a node connects as is part of: the node's id, and its inboxes. Pure. */
import type { Config } from '../../config.ts';

/** Where the URL names no user, as for a NATS that asks for none. */
const NOBODY = 'node';

/** The user's name as one word of a subject. */
export function natsUserOf({ natsUrls }: Pick<Config, 'natsUrls'>): string {
  const name = decodeURIComponent(URL.parse(natsUrls[0] ?? '')?.username ?? '');
  return subjectWord(name) || NOBODY;
}

/** Other characters than letters, digits, dashes, underscores and plus signs become dashes. */
function subjectWord(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_+-]/g, '-');
}

/** Every user has inboxes of its own: who may subscribe to another one's reads the answers that it gets. */
export function inboxPrefixOf(user: string): string {
  return `_INBOX_${user}`;
}
