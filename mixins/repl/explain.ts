/** An error in one line, for an operator. */
import { isProblem } from '#schemas/errors.ts';

/** The operator's input can't be executed. The message says why, and what to type. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Replaces `not_found` by a refusal with this text. Other errors are rethrown. */
export async function orNone<Result>(work: Promise<Result>, none: string): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (isProblem(error, 'not_found')) throw new Refusal(none);
    throw error;
  }
}

/** One line, without a stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { type, data } = error as { type?: unknown; data?: unknown };
  switch (type) {
    case 'SERVICE_NOT_FOUND':
    case 'SERVICE_NOT_AVAILABLE':
      return 'No node that could do it answers now. See: services';
    case 'REQUEST_TIMEOUT':
      return 'No answer in time';
    case 'REQUEST_REJECTED':
      return 'NATS is away. The REPL joins again by itself when it is back';
    default:
      // The texts of the fields say more than that some are invalid.
      return fieldsOf(data) || oneLine(error.message);
  }
}

/** What is wrong with each field; empty where the error names none. */
function fieldsOf(data: unknown): string {
  const errors = Array.isArray(data) ? data : (data as { errors?: unknown } | null | undefined)?.errors;
  if (!Array.isArray(errors)) return '';
  return errors
    .map(({ field, message }: Record<string, unknown>) => oneLine(String(message ?? field)))
    .join('; ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}
