/** Answers with the pages below `/docs` and their files. */
import { ERRORS, type ErrorCode, Problem } from '#schemas/errors.ts';
import { type Asset, sendAsset, sendPage } from '../answers/asset.http.ts';
import type { GatewayRequest } from '../answers/edge.http.ts';
import { servingOwn } from '../answers/handlers.http.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import type { Handlers } from '../web.mixin.ts';
import { assets } from './assets.client.ts';
import { PLAIN_POLICY, problemPage, problemsPage, REFERENCE_POLICY, referencePage } from './pages.ts';

/** Small and rarely read, so it is not packed for each reader. */
const htmlPage = (page: string): Asset => ({
  type: 'text/html; charset=utf-8',
  bytes: Buffer.from(page),
  gzipped: null,
});

const pathParam = (req: GatewayRequest, name: string): string => req.$params?.params?.[name] ?? '';

/** `title`: of the API. */
export function docsHandlers(title: string): Handlers {
  return {
    ...servingOwn(OWN_ROUTES.docs, async (req, res) => {
      sendPage(req, res, REFERENCE_POLICY, htmlPage(referencePage(title, (await assets()).paths)));
    }),
    ...servingOwn(OWN_ROUTES.docsOfProblems, async (req, res) => {
      sendPage(req, res, PLAIN_POLICY, htmlPage(problemsPage((await assets()).paths)));
    }),
    ...servingOwn(OWN_ROUTES.docsOfProblem, async (req, res) => {
      const code = pathParam(req, 'code');
      if (!Object.hasOwn(ERRORS, code)) throw new Problem('not_found');
      sendPage(req, res, PLAIN_POLICY, htmlPage(problemPage(code as ErrorCode, (await assets()).paths)));
    }),
    ...servingOwn(OWN_ROUTES.docsAsset, async (req, res) => {
      const asset = (await assets()).files.get(pathParam(req, 'file'));
      if (asset === undefined) throw new Problem('not_found');
      sendAsset(req, res, asset);
    }),
  };
}
