/**
 * Dead letters of all services (FAIL-3). Each service stores its own beside the effects of its
 * consumers, and settles them in one transaction. This merges them for operators and stores
 * nothing, so nothing can differ.
 */
import type { SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { pageOf, timedPlace, timedPlaceIn } from '#mixins/lists.ts';
import type { deadLetter, deadLetterItem, deadLetterPage } from '#schemas/answers/dead-letter.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import { decodeGeneric, readFingerprint } from '#schemas/avro.ts';
import { isOutcomeUnknown, isProblem, Problem } from '#schemas/errors.ts';
import type { DeadLetter, DeadLetterDetail } from './dead-letters.ts';

/** Calls a service's internal action, such as `deadLetters.list`; throws its errors. */
export type AskService = <Result>(service: string, action: string, params: object) => Promise<Result>;

export interface DeadLetters {
  /** Every service that may have dead letters, whether it runs now or not. */
  readonly services: readonly string[];
  readonly ask: AskService;
}

/** A dead letter in a list. */
export type DeadLetterItem = AnswerOf<typeof deadLetterItem>;

export type DeadLetterPage = AnswerOf<typeof deadLetterPage>;

export interface DeadLetterQuery {
  readonly status: DeadLetter['status'];
  readonly service?: string | undefined;
  readonly consumer?: string | undefined;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Newest first; within one millisecond by id. */
function byTime(a: DeadLetterItem, b: DeadLetterItem): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

/**
 * Lists newest first, over all services. Throws `invalid_cursor`, or `service_unavailable` when no
 * service answers.
 */
export async function listDeadLetters(letters: DeadLetters, query: DeadLetterQuery): Promise<DeadLetterPage> {
  const { service: only, cursor, limit, ...filter } = query;
  const services = letters.services.filter((name) => only === undefined || name === only);
  // One more than requested shows whether there is a next page.
  const params = {
    ...filter,
    limit: limit + 1,
    // The time is a number, because a date would cross nodes as text.
    ...(cursor === undefined ? {} : { before: timedPlaceIn(cursor) }),
  };
  const answers = await Promise.all(
    services.map(async (service) => ({
      service,
      result: await letters.ask<DeadLetter[]>(service, 'deadLetters.list', params).catch(() => undefined),
    })),
  );
  const missing = answers.flatMap(({ service, result }) => (result === undefined ? [service] : []));
  if (missing.length > 0 && missing.length === services.length) throw new Problem('service_unavailable');
  const found = answers
    .flatMap(({ service, result }) => (result ?? []).map((letter) => itemOf(service, letter)))
    .sort(byTime);
  return { ...pageOf(found, limit, timedPlace), missing };
}

export interface FoundDeadLetter {
  readonly service: string;
  readonly letter: DeadLetterDetail;
}

/** Throws `not_found`, or the error of a service that may have it. */
export async function findDeadLetter({ services, ask }: DeadLetters, id: string): Promise<FoundDeadLetter> {
  const asked = services.map(async (service) => ({
    service,
    letter: await ask<DeadLetterDetail>(service, 'deadLetters.get', { id }),
  }));
  try {
    return await Promise.any(asked);
  } catch (error) {
    const refusals = (error as AggregateError).errors as unknown[];
    throw refusals.find((refusal) => !isProblem(refusal, 'not_found')) ?? new Problem('not_found');
  }
}

export type Step =
  | { readonly to: 'redriven'; readonly by?: string }
  | { readonly to: 'discarded'; readonly by?: string; readonly reason: string };

/**
 * Redrives or discards a dead letter once. If somebody has already done so, it returns the dead
 * letter unchanged. Throws `not_found`, `conflict` (the other step was taken), `redrive_failed`, or
 * the error of the service.
 */
export async function settleDeadLetter(
  letters: DeadLetters,
  id: string,
  step: Step,
): Promise<FoundDeadLetter> {
  const found = await findDeadLetter(letters, id).catch(asNotBegun);
  if (found.letter.status === step.to) return found;
  const { service } = found;
  const { to, ...rest } = step;
  try {
    await letters.ask(service, to === 'redriven' ? 'deadLetters.redrive' : 'deadLetters.discard', {
      id,
      ...rest,
    });
  } catch (error) {
    if (!isProblem(error, 'conflict')) throw error;
    const letter = await letters.ask<DeadLetterDetail>(service, 'deadLetters.get', { id });
    if (letter.status !== to) throw error;
    return { service, letter };
  }
  return { service, letter: await letters.ask<DeadLetterDetail>(service, 'deadLetters.get', { id }) };
}

/** A service did not say whether it has the dead letter, so no step was taken. */
function asNotBegun(error: unknown): never {
  throw isOutcomeUnknown(error) ? new Problem('service_unavailable') : error;
}

/** Dates cross nodes as text. */
function timeOf(value: Date | string | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}

function itemOf(service: string, letter: DeadLetter): DeadLetterItem {
  const { id, consumer, type, subject, attempts, code, message } = letter;
  const at = timeOf(letter.at) ?? '';
  return { id, service, consumer, type, subject, attempts, code, message, parked: false, at };
}

/** A single dead letter. */
export type DeadLetterView = AnswerOf<typeof deadLetter>;

/**
 * The dead letter with its readable data: an event is decoded with its writer's schema, a loop's
 * item is JSON.
 */
export async function viewDeadLetter(
  registry: SchemaRegistry,
  { service, letter }: FoundDeadLetter,
): Promise<DeadLetterView> {
  const { status, settledBy, settledReason, eventKey: event, sequence, headers, payload } = letter;
  const settled = { settledAt: timeOf(letter.settledAt), settledBy, settledReason };
  const data = await dataOf(registry, letter);
  return { ...itemOf(service, letter), status, ...settled, event, sequence, headers, data, payload };
}

async function dataOf(registry: SchemaRegistry, { headers, payload }: DeadLetterDetail): Promise<unknown> {
  const bytes = Buffer.from(payload, 'base64');
  try {
    if (headers['content-type'] === 'application/json') return JSON.parse(bytes.toString());
    const schema = await registry.writerSchema(readFingerprint(bytes));
    return decodeGeneric(schema, bytes);
  } catch {
    // Unreadable data may be the very reason for the dead letter.
    return null;
  }
}
