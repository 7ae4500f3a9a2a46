/**
 * Requests of this machine to the system on it, which may speak HTTPS under a name that only others
 * know it by.
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface SystemRequest {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** Until the answer has come, in milliseconds. */
  readonly withinMs: number;
  /** The system's own certificate, where it has one: no other server is believed. */
  readonly certFile?: string | null;
}

export interface SystemAnswer {
  readonly status: number;
  readonly body: string;
}

/** Throws where no answer comes. */
export async function sendRequest(
  url: string,
  { method = 'GET', body, withinMs, certFile = null }: SystemRequest,
): Promise<SystemAnswer> {
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
 * The certificate itself is the authority, so its names do not matter: it is asked for by the
 * address it listens on.
 */
function trusting(certFile: string | null) {
  if (certFile === null) return {};
  return { ca: readFileSync(certFile), allowPartialTrustChain: true, checkServerIdentity: () => undefined };
}
