/** Answers with the pages below `/docs` and their files. */
import type { ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode, Problem } from '#schemas/errors.ts';
import type { GatewayRequest } from '../answers/edge.http.ts';
import { servingOwn } from '../answers/handlers.http.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import type { Handlers } from '../web.mixin.ts';
import { type Asset, assets } from './assets.client.ts';
import { PLAIN_POLICY, problemPage, problemsPage, REFERENCE_POLICY, referencePage } from './pages.ts';

/** A year. The name of a file has a digest of its content. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const GZIP = /(?:^|[\s,])gzip(?:\s*;\s*q=(?:1|0\.\d*[1-9]\d*))?\s*(?:,|$)/i;

function sendPage(res: ServerResponse, policy: string, page: string): void {
  res.setHeader('Content-Security-Policy', policy);
  // The page names its files by their digests, so it must be asked for again.
  res.setHeader('Cache-Control', 'no-cache');
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.end(page);
}

function sendAsset(req: GatewayRequest, res: ServerResponse, { type, bytes, gzipped }: Asset): void {
  res.setHeader('Cache-Control', FOR_EVER);
  res.setHeader('Content-Type', type);
  res.appendHeader('Vary', 'Accept-Encoding');
  const isGzipped = GZIP.test(String(req.headers['accept-encoding'] ?? ''));
  if (isGzipped) res.setHeader('Content-Encoding', 'gzip');
  const body = isGzipped ? gzipped : bytes;
  res.setHeader('Content-Length', body.length);
  res.end(body);
}

const pathParam = (req: GatewayRequest, name: string): string => req.$params?.params?.[name] ?? '';

/** `title`: of the API. */
export function docsHandlers(title: string): Handlers {
  return {
    ...servingOwn(OWN_ROUTES.docs, async (_req, res) => {
      sendPage(res, REFERENCE_POLICY, referencePage(title, (await assets()).paths));
    }),
    ...servingOwn(OWN_ROUTES.docsOfProblems, async (_req, res) => {
      sendPage(res, PLAIN_POLICY, problemsPage((await assets()).paths));
    }),
    ...servingOwn(OWN_ROUTES.docsOfProblem, async (req, res) => {
      const code = pathParam(req, 'code');
      if (!Object.hasOwn(ERRORS, code)) throw new Problem('not_found');
      sendPage(res, PLAIN_POLICY, problemPage(code as ErrorCode, (await assets()).paths));
    }),
    ...servingOwn(OWN_ROUTES.docsAsset, async (req, res) => {
      const asset = (await assets()).files.get(pathParam(req, 'file'));
      if (asset === undefined) throw new Problem('not_found');
      sendAsset(req, res, asset);
    }),
  };
}
