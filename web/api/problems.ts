/** What a request can come to, other than its answer. */
import { NoAnswerError, type Problem, ProblemError } from '#client';

/** A failure as a page shows it. */
export interface Failure {
  /** The code of the problem; `no_answer` where none came. */
  readonly code: string;
  readonly problem?: Problem | undefined;
}

/** Reads a problem. An answer of something between the server and the page has none. */
export async function problemOf(answer: Response): Promise<Problem> {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return { code: 'service_unavailable', status: answer.status } as Problem;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ProblemError) return { code: error.code || 'internal_error', problem: error.problem };
  if (error instanceof NoAnswerError) return { code: 'no_answer' };
  const { problem } = error as { readonly problem?: Problem };
  return problem === undefined ? { code: 'no_answer' } : { code: problem.code, problem };
}

/** Whether a read failed because there is no such thing. */
export const isMissing = (error: Error | null): boolean =>
  error !== null && failureOf(error).code === 'not_found';
