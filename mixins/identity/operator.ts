/**
 * Operators are people with the cluster's own credentials. They have no account. They call internal
 * actions, which have no route. The log names them `operator:<user>@<host>`, by their account of
 * the operating system. A request over HTTP never comes from an operator.
 */
import type { ActionSchema } from 'moleculer';
import type { Cause } from '#schemas/envelope.ts';
import type { ParamsOf } from '#schemas/params.ts';
import { truncate } from '#schemas/text.ts';
import type { RequestContext } from './identity.ts';
import { causeOf } from './request.ts';

/** Rule of the param `by` of actions for operators. */
export const OPERATOR = {
  type: 'string',
  max: 200,
  pattern: /^operator:[A-Za-z0-9._-]+@[A-Za-z0-9._-]+$/,
} as const;

/**
 * `operator:<user>@<host>`. Characters that `OPERATOR` refuses become dashes; long names are cut.
 */
export function operatorName(user: string, host: string): string {
  const plain = (text: string) => truncate(text.replaceAll(/[^A-Za-z0-9._-]/g, '-'), 90) || 'unknown';
  return `operator:${plain(user)}@${plain(host)}`;
}

/** The cause of an operator's action, for the events that it appends. */
export function causeBy(ctx: RequestContext<{ readonly by: string }>): Cause {
  return { ...causeOf(ctx), actorId: ctx.params.by };
}

/**
 * An action that only operators call. Its name must begin with `operator.`, because NATS lets only
 * operators call such actions. It takes no params but its `params`. If it changes something, it has
 * the param `by: OPERATOR`.
 */
export function operatorAction<This, const Rules extends object = object>(action: {
  readonly params?: Rules;
  handler(this: This, ctx: RequestContext<ParamsOf<Rules>>): unknown;
}): ActionSchema<This> {
  return { visibility: 'public', ...action, params: { $$strict: true, ...action.params } };
}
