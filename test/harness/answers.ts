/**
 * Compares the answers of direct calls with the contracts, as `CHECK_ANSWERS` does for those of
 * requests: a call with another answer fails.
 */
import type { ActionHandler, ActionSchema, Middleware } from 'moleculer';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { AnswerCheck } from '#schemas/answer-check.ts';
import { Problem } from '#schemas/errors.ts';
import { loadProductActions } from '#schemas/load.ts';
import type { Product } from '../../product.ts';

export async function answersMiddleware(product: Product): Promise<Middleware> {
  const contracts = await loadProductActions(product);
  const checks = new Map(contracts.map((contract) => [contract.action, new AnswerCheck(contract)]));
  return {
    name: 'Answers',
    localAction(next: ActionHandler, action: ActionSchema): ActionHandler {
      const check = checks.get(action.name ?? '');
      if (check === undefined) return next;
      return async function checked(ctx) {
        try {
          const result: unknown = await next.call(this, ctx);
          check.checkResult(result, (ctx as RequestContext).meta.$statusCode);
          return result;
        } catch (error) {
          if (error instanceof Problem) check.checkProblem(error.type);
          throw error;
        }
      };
    },
  };
}
