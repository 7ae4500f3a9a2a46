/** Writes answers. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestMeta } from '#schemas/action.ts';
import { type ProblemAnswer, problemDocument } from '../requests/problem.ts';
import { API_PREFIX } from '../requests/routes.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const EVENT_STREAM = 'text/event-stream';

/**
 * Whether the client wants only the headers (HEAD). Node sends no body then, but long ones should
 * not be made at all.
 */
export const wantsHeadOnly = (res: ServerResponse): boolean => res.req.method === 'HEAD';

/** Sources that never end by themselves. */
const endless = new Set<Readable>();

/** Ends the streams that a stopping node would wait for; their clients reconnect. */
export function endStreams(): void {
  for (const source of endless) source.destroy();
}

async function sendStream(res: ServerResponse, type: string, data: Readable): Promise<void> {
  res.setHeader('Content-Type', type);
  if (wantsHeadOnly(res)) {
    data.destroy();
    res.end();
    return;
  }
  if (type.startsWith(EVENT_STREAM)) endless.add(data);
  // When the client disconnects, the source ends, too.
  await pipeline(data, res).catch(() => res.destroy());
  endless.delete(data);
}

/** Whether this is a buffer that was serialized to JSON between nodes. */
function isBufferAsJson(data: unknown): data is { type: 'Buffer'; data: number[] } {
  return (
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'Buffer' && 'data' in data
  );
}

function bytesOf(data: unknown): string | Buffer {
  if (Buffer.isBuffer(data)) return data;
  return isBufferAsJson(data) ? Buffer.from(data.data) : String(data);
}

/**
 * Sends the result of an action, as JSON unless the action set a media type. `status` is the
 * contract's.
 */
export async function sendResult(
  res: ServerResponse,
  status: number,
  meta: RequestMeta,
  data: unknown,
): Promise<void> {
  res.statusCode = meta.$statusCode ?? status;
  if (meta.$location !== undefined) res.setHeader('Location', `${API_PREFIX}${meta.$location}`);
  if (data instanceof Readable) {
    await sendStream(res, meta.$responseType ?? 'application/octet-stream', data);
    return;
  }
  if (res.statusCode === 204) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', meta.$responseType ?? JSON_TYPE);
  res.end(meta.$responseType === undefined ? JSON.stringify(data ?? null) : bytesOf(data));
}

/** Answers with a problem. When an answer has begun, it cuts the connection instead. */
export function sendProblem(res: ServerResponse, problem: ProblemAnswer, requestId: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.statusCode = problem.status;
  res.setHeader('Content-Type', 'application/problem+json');
  if (problem.retryAfter !== undefined) res.setHeader('Retry-After', String(problem.retryAfter));
  // The rest of an unread body must not be parsed as the client's next request.
  if (problem.status === 413) res.setHeader('Connection', 'close');
  res.end(problemDocument(problem, requestId));
}
