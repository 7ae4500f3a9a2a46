/**
 * Operators: people who hold the cluster's own credentials and act without an account, by internal actions that no route leads to. The log
 * names them `operator:<user>@<host>`, by the account of the operating system they work under. Nothing that comes over HTTP is ever one.
 */
import type { ServiceSchema } from 'moleculer';
import type { Cause } from '../../schemas/envelope.ts';
import { truncate } from '../../schemas/text.ts';
import { OPERATOR_WORD } from '../names.ts';
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
 * Internal actions that only operators call, as `<service>.operator.<name>`: no route leads to them, and NATS lets nobody else call them.
 */
export function operatorActions(
  actions: Readonly<Record<string, object>>,
): NonNullable<ServiceSchema['actions']> {
  const named = Object.entries(actions).map(([name, action]) => [
    `${OPERATOR_WORD}.${name}`,
    { visibility: 'public' as const, ...action },
  ]);
  return Object.fromEntries(named);
}
