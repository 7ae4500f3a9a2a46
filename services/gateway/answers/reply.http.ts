/** Writes answers. */
import type { ServerResponse } from 'node:http';
import type { ActionContract, RequestMeta } from '#schemas/action.ts';
import type { HttpMessage } from '#schemas/http-message.ts';
import { type ProblemAnswer, problemDocument } from '../requests/problem.ts';
import { API_PREFIX } from '../requests/routes.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Whether the client wants only the headers (HEAD). Node sends no body then, but long ones should
 * not be made at all.
 */
export const wantsHeadOnly = (res: ServerResponse): boolean => res.req.method === 'HEAD';

/** The path of a resource, from fields of the answer. */
const locationOf = (path: string, answer: Readonly<Record<string, unknown>>): string =>
  API_PREFIX + path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(answer[name])));

/** Sends the result of an action as JSON. */
export function sendResult(
  res: ServerResponse,
  { status, location }: Pick<ActionContract, 'status' | 'location'>,
  meta: RequestMeta,
  data: unknown,
): void {
  res.statusCode = meta.$statusCode ?? status;
  if (location !== undefined && (res.statusCode === 201 || res.statusCode === 202)) {
    res.setHeader('Location', locationOf(location, data as Readonly<Record<string, unknown>>));
  }
  if (res.statusCode === 204) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', JSON_TYPE);
  res.end(JSON.stringify(data ?? null));
}

/** Sends the whole answer of an action. */
export function sendMessage(res: ServerResponse, { status, headers, body }: HttpMessage): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
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
