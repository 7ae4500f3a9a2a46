/** What a failure means, in the reader's language. */
import type { Failure } from '../api/problems.ts';
import type { Texts } from './en.ts';

/** A sentence about a failure, chosen by its code. */
export function sentenceOf(t: Texts, { code, problem }: Failure): string {
  if (Object.hasOwn(t.problems, code)) return t.problems[code as keyof Texts['problems']];
  return problem?.detail ?? t.problems.internal_error;
}

/** The sentences about the wrong fields, by field. */
export function fieldSentences(t: Texts, { problem }: Failure): Readonly<Record<string, string>> {
  return Object.fromEntries((problem?.errors ?? []).map((each) => [each.field, fieldSentence(t, each)]));
}

function fieldSentence(
  t: Texts,
  { code, message, params }: { code: string; message: string; params?: Record<string, unknown> },
): string {
  const text = (t.fields as Readonly<Record<string, string | undefined>>)[code];
  if (text === undefined) return message;
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(params?.[name] ?? whole));
}
