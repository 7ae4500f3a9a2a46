/** The actions behind routes: `create: serve(createContract, function (ctx) { … })`. */
import type { ActionParams, ActionSchema } from 'moleculer';
import type { ActionContract } from '#schemas/action.ts';
import type { AnswerOf, AnswerRules } from '#schemas/answers.ts';
import type { HttpMessage } from '#schemas/http-message.ts';
import type { ParamsOf } from '#schemas/params.ts';
import type { RequestContext } from './identity.ts';

/**
 * An action with the access and the params of its contract, whose handler returns its answer. Nodes
 * tell each other of their actions: this leaves out what only clients need.
 */
export function serve<This, const Rules extends ActionParams, const Answer extends AnswerRules>(
  { answer: _, problems: __, cookie: ___, ...contract }: ActionContract<Rules, Answer>,
  handler: (this: This, ctx: RequestContext<ParamsOf<Rules>>) => AnswerOf<Answer> | Promise<AnswerOf<Answer>>,
): ActionSchema<This> {
  return { ...contract, handler };
}

/** Likewise for a route with `protocol`, whose handler returns the whole answer. */
export function serveProtocol<This, const Rules extends ActionParams>(
  { answer: _, problems: __, ...contract }: ActionContract<Rules>,
  handler: (this: This, ctx: RequestContext<ParamsOf<Rules>>) => HttpMessage | Promise<HttpMessage>,
): ActionSchema<This> {
  return { ...contract, handler };
}
