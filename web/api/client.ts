/** The requests of the pages, by the typed client. */
import { Client } from '#client';
import { session } from './session.ts';

/** Called with the key of a request whose answer was lost, before it is sent again (WEB-6). */
type Listener = (key: string) => void;
const lost = new Set<Listener>();

export function onLostAnswer(listener: Listener): () => void {
  lost.add(listener);
  return () => lost.delete(listener);
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const key = request.headers.get('idempotency-key');
    if (key !== null) for (const listener of lost) listener(key);
    throw error;
  }
}

const common = { api: `${location.origin}/api/v1`, credentials: session, fetch: send };

/**
 * Reads wait so long for an answer, in milliseconds, before the page says that it failed. It then
 * offers to try again.
 */
const READ_PATIENCE_MS = 3_000;

/** For reads. */
export const reader = new Client({ ...common, patienceMs: READ_PATIENCE_MS });
/** For changes: it asks again until it has the outcome. */
export const writer = new Client(common);
