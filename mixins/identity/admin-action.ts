/**
 * An internal action of every service that one service calls for its routes. The caller passes on
 * the admin's token, which is checked on the node that runs the action.
 */
import type { ActionSchema } from 'moleculer';
import type { ParamsOf } from '#schemas/params.ts';
import type { RequestContext } from './identity.ts';

/** It takes no params but its `params`. */
export function adminAction<This, const Rules extends object = object>(action: {
  readonly params?: Rules;
  handler(this: This, ctx: RequestContext<ParamsOf<Rules>>): unknown;
}): ActionSchema<This> {
  return { visibility: 'public', access: ['admin'], ...action, params: { $$strict: true, ...action.params } };
}
