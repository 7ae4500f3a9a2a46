/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { Problem } from '#schemas/errors.ts';

/** The longest body, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;
/**
 * How much of a body that is too large is read and discarded before the answer, in bytes. A client
 * that is still writing would see a reset connection instead of an answer.
 */
const MAX_DRAINED_BYTES = 16 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);
/** Content types of bodies. */
export const FORM_TYPE = /^application\/x-www-form-urlencoded *(?:; *charset="?utf-8"? *)?$/i;
const JSON_TYPE = /^application\/json *(?:; *charset="?utf-8"? *)?$/i;

/** The client disconnected while it was sending, so there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** Whether a request has a body. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function checkType({ headers }: IncomingMessage, type: RegExp): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!type.test(headers['content-type'] ?? '') || encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_media_type');
  }
}

/** Reads and discards the rest. Resolves at the end of the body or at the limit. */
function drain(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_DRAINED_BYTES) resolve();
    });
    req.once('end', resolve).once('close', resolve);
  });
}

function collect(req: IncomingMessage): Promise<Buffer | 'too large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > MAX_BODY_BYTES) end('too large');
    };
    const end = (result: Buffer | 'too large') => {
      req.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(result);
    };
    const onEnd = () => end(chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks));
    const onClose = () => reject(new ClientGone());
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/**
 * Reads the bytes of the body. Without a body it returns none, whatever the type. Throws
 * `body_too_large`, `unsupported_media_type` or `ClientGone`.
 */
export async function readBody(req: IncomingMessage, type = JSON_TYPE): Promise<Buffer> {
  if (!hasBody(req)) return EMPTY;
  const declared = Number(req.headers['content-length'] ?? 0);
  const body = declared > MAX_BODY_BYTES ? 'too large' : await collect(req);
  if (body === 'too large') {
    if (declared <= MAX_DRAINED_BYTES) await drain(req);
    throw new Problem('body_too_large');
  }
  if (body.length > 0) checkType(req, type);
  return body;
}
