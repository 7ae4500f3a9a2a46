/** How a request can fail. */
import type { components } from './api.ts';

/** A problem document (RFC 9457). */
export type Problem = components['schemas']['Problem'];

/** The server refused a request, and a retry has not helped or cannot help. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** The HTTP status. */
  readonly status: number;
  /** The stable code, such as `not_your_task`; empty where the answer is no problem document. */
  readonly code: string;
  /** The whole document; undefined where the answer has none. */
  readonly problem: Problem | undefined;

  /** `request` as in `POST /tasks`. */
  constructor(request: string, status: number, problem: Problem | undefined) {
    const { code = '', detail = 'the answer is no problem document' } = problem ?? {};
    super(`${request}: ${status} ${code} (${detail})`);
    this.status = status;
    this.code = code;
    this.problem = problem;
  }
}

/** The server did not answer in time, or no connection was possible. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  /** `origin` as in `http://127.0.0.1:3000`. */
  constructor(origin: string, cause: unknown) {
    super(`${origin} does not answer: ${reasonOf(cause)}`, { cause });
  }
}

/** The problem in a response; undefined where the response has none. Leaves the body unread. */
export async function problemIn(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  try {
    return (await response.clone().json()) as Problem;
  } catch {
    return undefined;
  }
}

/** `fetch` gives the reason only in the error's cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as {
    readonly cause?: { readonly message?: string };
    readonly message: string;
  };
  return cause?.message || message;
}
