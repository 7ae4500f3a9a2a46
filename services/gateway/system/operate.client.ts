/**
 * Operator actions of admins over HTTP: resuming a consumer, and sending refused events again. The
 * service checks the token and records the action.
 */
import type { RequestContext } from '#mixins/identity/identity.ts';
import { registryOf } from '#mixins/registry.ts';
import { isProblem, Problem } from '#schemas/errors.ts';

const RESUME = 'consumers.resume';
const SEND_AGAIN = 'outbox.sendAgain';
/** The actions that the gateway calls, as its permissions name them. */
export const OPERATOR_ACTIONS = [RESUME, SEND_AGAIN].map((action) => `*.${action}`);

/**
 * Resumes a consumer on all nodes where it has stopped. Returns their number. `services` are those
 * of the product. Throws `not_found`, `conflict` where it has not stopped, or
 * `service_unavailable`.
 */
export async function resumeConsumer(
  ctx: RequestContext,
  services: readonly string[],
  name: string,
): Promise<number> {
  // A service's name may begin with that of another.
  const [service] = services
    .filter((each) => name.startsWith(`${each}-`))
    .toSorted((a, b) => b.length - a.length);
  if (service === undefined) throw new Problem('not_found', `There is no consumer ${name}`);
  const action = `${service}.${RESUME}`;
  const params = { key: name.slice(service.length + 1) };
  const nodes = nodesOf(ctx, service, action);
  const results = await Promise.allSettled(
    nodes.map((nodeID) => ctx.call<void, object>(action, params, { nodeID })),
  );
  const refusals = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (refusals.length < nodes.length) return nodes.length - refusals.length;
  const isExpected = (refusal: unknown) => isProblem(refusal, 'not_found') || isProblem(refusal, 'conflict');
  throw (
    refusals.find((refusal) => !isExpected(refusal)) ??
    refusals.find((refusal) => isProblem(refusal, 'conflict')) ??
    new Problem('not_found', `There is no consumer ${name}`)
  );
}

/**
 * Publishes all refused events of a service again. Returns their number. Throws `not_found` or
 * `service_unavailable`.
 */
export async function resendOutbox(
  ctx: RequestContext,
  services: readonly string[],
  service: string,
): Promise<number> {
  if (!services.includes(service)) throw new Problem('not_found', `There is no service ${service}`);
  const action = `${service}.${SEND_AGAIN}`;
  nodesOf(ctx, service, action);
  const { found } = await ctx.call<{ found: number }, object>(action, {});
  return found;
}

/** The nodes that run an action of a service, at least one. */
function nodesOf(ctx: RequestContext, service: string, action: string): readonly string[] {
  const registry = registryOf(ctx.broker);
  const nodes = registry.nodesWith(action);
  if (nodes.length > 0) return nodes;
  // It runs, and has no consumers or no outbox.
  if (registry.isServed(`${service}.ready`)) throw new Problem('not_found', `${service} has none`);
  throw new Problem('service_unavailable', `${service} does not answer`);
}
