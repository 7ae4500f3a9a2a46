/**
 * Operators: people who hold the cluster's own credentials and act without an account, by internal actions that no route leads to. The log
 * names them `operator:<user>@<host>`, by the account of the operating system they work under. Nothing that comes over HTTP is ever one.
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

/** `operator:<user>@<host>`; other characters than letters, digits, dots, dashes and underscores become dashes, and long names are cut. */
export function operatorName(user: string, host: string): string {
  const plain = (text: string) => truncate(text.replaceAll(/[^A-Za-z0-9._-]/g, '-'), 90) || 'unknown';
  return `operator:${plain(user)}@${plain(host)}`;
}

/** The cause of what an internal action does for its `by`. */
export function causeBy(ctx: RequestContext<{ readonly by: string }>): Cause {
  return { ...causeOf(ctx), actorId: ctx.params.by };
}

/**
 * An action that only operators call. Its name must begin with `operator.`: NATS lets nobody else call such actions, and
 * no route leads to them. It takes no other params than its `params`. Where it changes something, one of them is
 * `by: OPERATOR`.
 */
export function operatorAction<This, const Rules extends object = object>(action: {
  readonly params?: Rules;
  handler(this: This, ctx: RequestContext<ParamsOf<Rules>>): unknown;
}): ActionSchema<This> {
  return { visibility: 'public', ...action, params: { $$strict: true, ...action.params } };
}
