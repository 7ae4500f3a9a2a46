/** Answers with the pages below `/docs` and their files. */
import { ERRORS, type ErrorCode, Problem } from '#schemas/errors.ts';
import { assetOf, sendAsset, sendPage } from '../answers/asset.http.ts';
import type { GatewayRequest } from '../answers/edge.http.ts';
import { servingOwn } from '../answers/handlers.http.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import type { Handlers } from '../web.mixin.ts';
import { assets } from './assets.client.ts';
import { PLAIN_POLICY, problemPage, problemsPage, REFERENCE_POLICY, referencePage } from './pages.ts';

const htmlPage = (page: string) => assetOf('text/html; charset=utf-8', page);

const pathParam = (req: GatewayRequest, name: string): string => req.$params?.params?.[name] ?? '';

/** `title`: of the API. */
export function docsHandlers(title: string): Handlers {
  return {
    ...servingOwn(OWN_ROUTES.docs, async (req, res) => {
      sendPage(req, res, REFERENCE_POLICY, await htmlPage(referencePage(title, (await assets()).paths)));
    }),
    ...servingOwn(OWN_ROUTES.docsOfProblems, async (req, res) => {
      sendPage(req, res, PLAIN_POLICY, await htmlPage(problemsPage((await assets()).paths)));
    }),
    ...servingOwn(OWN_ROUTES.docsOfProblem, async (req, res) => {
      const code = pathParam(req, 'code');
      if (!Object.hasOwn(ERRORS, code)) throw new Problem('not_found');
      sendPage(
        req,
        res,
        PLAIN_POLICY,
        await htmlPage(problemPage(code as ErrorCode, (await assets()).paths)),
      );
    }),
    ...servingOwn(OWN_ROUTES.docsAsset, async (req, res) => {
      const asset = (await assets()).files.get(pathParam(req, 'file'));
      if (asset === undefined) throw new Problem('not_found');
      sendAsset(req, res, asset);
    }),
  };
}
