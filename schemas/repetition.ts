/** Which requests may be sent again when it is unknown whether they were carried out (C7). Pure. */
import type { ActionContract } from './action.ts';
import type { Retry } from './errors.ts';

type Declared = Pick<ActionContract, 'route' | 'access'>;

/** Whether the action changes nothing. */
export const isRead = ({ route }: Pick<Declared, 'route'>): boolean => route.startsWith('GET ');

/**
 * Whether requests may have an `Idempotency-Key`. PATCH and DELETE need none, public routes ignore
 * it.
 */
const takesKey = ({ route, access }: Declared): boolean => route.startsWith('POST ') && access !== 'anyone';

/** How a client may repeat a request that changes something. */
export function retryOf(contract: Declared): Retry {
  return takesKey(contract) ? 'same_idempotency_key' : 'same_request';
}

/**
 * Whether a node repeats a call that another node may have carried out. It does so only where
 * nobody can notice: a second DELETE may be 404, and a second PATCH may send a second mail. Actions
 * without a route are never repeated.
 */
export function isRepeatable(action: Partial<Declared>, hasKey: boolean): boolean {
  const { route, access } = action;
  if (route === undefined || access === undefined) return false;
  return isRead({ route }) || (hasKey && takesKey({ route, access }));
}
