/**
 * The pages for people (WEB-20). Their files are in memory. One HTML page answers every address
 * that a browser opens and that no route takes.
 */
import type { ServerResponse } from 'node:http';
import { type Asset, assetOf, sendAsset, sendPage } from '../answers/asset.http.ts';
import type { GatewayRequest } from '../answers/edge.http.ts';
import { preferred } from '../requests/negotiate.ts';
import { API_PREFIX } from '../requests/routes.ts';
import { type PageFiles, readPageFiles } from './files.client.ts';

/** WEB-22 */
const POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'img', 'font', 'connect'].map((kind) => `${kind}-src 'self'`),
  ...['base-uri', 'form-action', 'frame-ancestors'].map((what) => `${what} 'none'`),
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Addresses that are never those of a page. */
const NOT_PAGES = [API_PREFIX, '/assets', '/docs', '/oidc', '/.well-known'];

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>The pages are not built</title>
<p>The pages are not built. Run <code>npm ci --include=dev</code> in the folder of the project, then start it again.</p>
<p>The API runs: its description is at <a href="/docs">/docs</a>.</p></html>
`;

/** Whether a browser opens this address as a page. */
function isPage(path: string, accept: string | undefined): boolean {
  if (NOT_PAGES.some((each) => path === each || path.startsWith(`${each}/`))) return false;
  // The last part of a page's address has no ending, as that of a file has.
  if (path.slice(path.lastIndexOf('/')).includes('.')) return false;
  return preferred(accept, ['application/json', 'text/html']) === 'text/html';
}

export class Pages {
  #files: PageFiles | null = null;
  #notBuilt: Asset | undefined;

  /** Reads the files. Without it, no page is answered. */
  async load(): Promise<void> {
    this.#files = await readPageFiles();
    this.#notBuilt = await assetOf('text/html; charset=utf-8', NOT_BUILT);
  }

  /** Answers with a page or a file of one. Returns false where the address is of neither. */
  answer(req: GatewayRequest, res: ServerResponse, path: string): boolean {
    if (req.method !== 'GET' && req.method !== 'HEAD') return false;
    const asset = this.#files?.assets.get(path);
    if (asset !== undefined) {
      sendAsset(req, res, asset);
      return true;
    }
    const page = this.#files?.page ?? this.#notBuilt;
    if (page === undefined || !isPage(path, req.headers.accept)) return false;
    if (this.#files === null) res.statusCode = 503;
    sendPage(req, res, POLICY, page);
    return true;
  }
}
