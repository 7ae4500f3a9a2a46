/**
 * HTTP requests to the system on this machine. It may speak HTTPS under a name that this machine
 * does not use.
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface SystemRequest {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** Time limit of the answer, in milliseconds. */
  readonly withinMs: number;
  /** The system's own certificate, where it has one. No other server is trusted. */
  readonly certFile?: string | null;
}

/** Throws where no answer comes. */
export async function sendRequest(
  url: string,
  { method = 'GET', body, withinMs, certFile = null }: SystemRequest,
) {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const options = {
    method,
    signal: AbortSignal.timeout(withinMs),
    headers: {
      connection: 'close',
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
    },
  };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = url.startsWith('https:')
      ? httpsRequest(url, { ...options, ...trusting(certFile) }, resolve)
      : httpRequest(url, options, resolve);
    request.once('error', reject);
    request.end(content);
  });
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/**
 * The certificate itself is the authority, because the request uses the listening address, which is
 * not in its names.
 */
function trusting(certFile: string | null) {
  if (certFile === null) return {};
  return { ca: readFileSync(certFile), allowPartialTrustChain: true, checkServerIdentity: () => undefined };
}
