/** Lines of an action's log have the id of the request that it serves. */
import type { ActionHandler, Context, Middleware } from 'moleculer';
import type { RequestMeta } from '#schemas/action.ts';
import { logRequest } from './log-scope.ts';

/** It matters on nodes that get the call from another one. */
export const logScopeMiddleware: Middleware = {
  name: 'LogScope',
  localAction(next: ActionHandler): ActionHandler {
    return function logged(ctx) {
      const { requestId } = (ctx as Context<unknown, Partial<RequestMeta>>).meta;
      return logRequest(requestId, () => next.call(this, ctx));
    };
  },
};
