/** The actions behind routes: `create: serve(createContract, function (ctx) { … })`. */
import type { ActionParams, ActionSchema } from 'moleculer';
import type { ActionContract } from '#schemas/action.ts';
import type { ParamsOf } from '#schemas/params.ts';
import type { RequestContext } from './identity.ts';

/** An action with the access and the params of its contract. */
export function serve<This, const Rules extends ActionParams>(
  contract: ActionContract<Rules>,
  handler: (this: This, ctx: RequestContext<ParamsOf<Rules>>) => unknown,
): ActionSchema<This> {
  return { ...contract, handler };
}
