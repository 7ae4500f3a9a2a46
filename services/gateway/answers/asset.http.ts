/** Files of pages, from memory. */
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { GatewayRequest } from './edge.http.ts';

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  /** Null where packing gains nothing, as with fonts. */
  readonly gzipped: Buffer | null;
}

/** A year. The name of a file has a digest of its content. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const GZIP = /(?:^|[\s,])gzip(?:\s*;\s*q=(?:1|0\.\d*[1-9]\d*))?\s*(?:,|$)/i;

const compress = promisify(gzip);

export async function assetOf(type: string, content: Buffer | string): Promise<Asset> {
  const bytes = Buffer.from(content);
  const gzipped = await compress(bytes);
  return { type, bytes, gzipped: gzipped.length < bytes.length ? gzipped : null };
}

function send(req: GatewayRequest, res: ServerResponse, { type, bytes, gzipped }: Asset): void {
  res.setHeader('Content-Type', type);
  res.appendHeader('Vary', 'Accept-Encoding');
  const isGzipped = gzipped !== null && GZIP.test(String(req.headers['accept-encoding'] ?? ''));
  if (isGzipped) res.setHeader('Content-Encoding', 'gzip');
  const body = isGzipped ? gzipped : bytes;
  res.setHeader('Content-Length', body.length);
  res.end(body);
}

/** Sends a file whose name changes with its content. */
export function sendAsset(req: GatewayRequest, res: ServerResponse, asset: Asset): void {
  res.setHeader('Cache-Control', FOR_EVER);
  send(req, res, asset);
}

/** Sends a page, which browsers must ask for again: it names its files by their digests. */
export function sendPage(req: GatewayRequest, res: ServerResponse, policy: string, page: Asset): void {
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('Cache-Control', 'no-cache');
  send(req, res, page);
}
