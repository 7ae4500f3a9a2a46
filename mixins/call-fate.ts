/** What a failed remote call says of itself. Pure. */

/**
 * `answered`: the node has carried it out or refused it, and the error is its answer. `not_begun`:
 * the node has certainly not begun. `unknown`: it may have carried it out, or may still.
 */
export type Fate = 'answered' | 'not_begun' | 'unknown';

/** The fate of a call by the type of Moleculer's error about it. */
const FATES: Readonly<Record<string, Fate>> = {
  // The node does not run the action, it is stopping, or it is not there.
  SERVICE_NOT_FOUND: 'not_begun',
  SERVICE_NOT_AVAILABLE: 'not_begun',
  // The node has gone since the call was sent.
  REQUEST_REJECTED: 'unknown',
  REQUEST_TIMEOUT: 'unknown',
};

/**
 * The fate of a call of `action` to the node. An error of a call that the action has made itself
 * names another action or node.
 */
export function fateOf(error: unknown, action: string, nodeId: string): Fate {
  const { type, data } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly type?: unknown;
    readonly data?: { readonly action?: unknown; readonly nodeID?: unknown } | null;
  };
  if (typeof type !== 'string' || data?.action !== action || data.nodeID !== nodeId) return 'answered';
  return FATES[type] ?? 'answered';
}
